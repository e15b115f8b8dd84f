import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/commands/parse-arguments.ts";
import { COMMANDS, GROUPS } from "../../src/commands/registry.ts";
import { splitShellWords } from "../../src/config/shell-words.ts";

const WORLD = { commands: COMMANDS, groups: GROUPS, version: "1.0", columns: 100 };
const PAGES = ["README.md", ...readdirSync("docs/how-to").map((name) => join("docs/how-to", name))];

describe("what the pages have users type", () => {
  it.each(PAGES.flatMap((page) => commandsOf(page).map((line) => [page, line])))(
    "%s: %s",
    async (_, line) => {
      const split = splitShellWords(line);
      if ("problem" in split) throw new Error(split.problem);
      expect(await parseArguments(split.words.slice(1), WORLD)).toMatchObject({ kind: "command" });
    },
  );
});

/** Lines of code; without their comments, and with the line that a backslash leads to. */
function commandsOf(page: string): string[] {
  const text = readFileSync(page, "utf8").replaceAll(/\\\n */g, "");
  const lines = [...text.matchAll(/^ {4,}(?:- (?:run: )?)?(?:\$ |sudo )?(venvdeb .*?)(?: +# .*)?$/gm)];
  return lines.map(([, line = ""]) => line);
}
