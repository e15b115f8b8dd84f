import { z } from "zod";
import { absolutePathProblem, checkedText, defined, list } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { TriggersConfig } from "../types.ts";
import { normalizeCommand } from "./command-words.ts";
import { command } from "./services.ts";

const triggerName = checkedText((name) => {
  if (name.startsWith("/")) return /\s/.test(name) ? "a path without blanks" : absolutePathProblem(name);
  return /^[A-Za-z0-9][A-Za-z0-9.+:-]*$/.test(name)
    ? undefined
    : "an absolute path, or a name of letters, digits and . + : -";
});

/** The package's own triggers (deb-triggers(5)). */
export const triggers = defineSection({
  shape: {
    triggers: z
      .strictObject({
        interest: names("Names or paths that it waits for; who fires them waits until the command has run."),
        "interest-noawait": names("The same, but nobody waits. Right in most cases."),
        activate: names("Names that it fires when it is installed, upgraded or removed, and waits for."),
        "activate-noawait": names("The same without waiting."),
        command: command
          .meta({
            description:
              "What root runs when one fires, with the names that fired after its own words: words as in a shell, or a list of them. No shell runs it.",
            examples: ["hello refresh"],
          })
          .exactOptional(),
      })
      .superRefine((table, context) => {
        const waits = [...(table.interest ?? []), ...(table["interest-noawait"] ?? [])].length > 0;
        if (waits !== (table.command !== undefined))
          context.addIssue({
            code: "custom",
            path: ["command"],
            message: waits
              ? "a command to run when a trigger fires"
              : "an interest or interest-noawait for which the command runs",
          });
      })
      .meta({
        description: "Triggers of dpkg: what the package waits for, and what it fires.",
        examples: [{ "interest-noawait": ["/usr/share/hello-web/themes"], command: "hello refresh" }],
      })
      .exactOptional(),
  },
  normalize: (raw): TriggersConfig => {
    const table = raw.triggers ?? {};
    return {
      triggers: {
        interest: table.interest ?? [],
        interestNoawait: table["interest-noawait"] ?? [],
        activate: table.activate ?? [],
        activateNoawait: table["activate-noawait"] ?? [],
        ...defined({ command: table.command === undefined ? undefined : normalizeCommand(table.command) }),
      },
    };
  },
});

function names(description: string) {
  return list(triggerName)
    .meta({ description, default: [], examples: [["hello-web-themes"]] })
    .exactOptional();
}
