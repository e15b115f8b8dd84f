import { z } from "zod";
import { absolutePathProblem, checkedText, defined, list, PRINTABLE, projectPath, text } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { GenerateConfig, GeneratesConfig, QuestionConfig } from "../types.ts";

const key = text(/^[A-Za-z][A-Za-z0-9_]{0,60}$/, "a key of letters, digits and _ that starts with a letter");
const value = text(new RegExp(`^${PRINTABLE}*$`), "one line of text");

const question = z.strictObject({
  type: z
    .enum(["string", "boolean", "select", "password"])
    .meta({ description: "What may be answered.", default: "string" })
    .exactOptional(),
  description: text(
    new RegExp(`^(?=.{1,80}$)${PRINTABLE}*\\S${PRINTABLE}*$`),
    "a line of at most 80 characters",
  ).meta({
    description: "The question.",
    examples: ["Port that the service listens on:"],
  }),
  help: text(new RegExp(`^(?:${PRINTABLE}|\\n)*$`), "some text")
    .meta({ description: "More about it, shown above the question." })
    .exactOptional(),
  default: value
    .meta({
      description: 'The answer when nobody is asked; "true" or "false" of a boolean.',
      examples: ["8000"],
    })
    .exactOptional(),
  choices: list(text(new RegExp(`^(?! )${PRINTABLE}+(?<! )$`), "one line of text"))
    .meta({ description: "The answers of a select.", examples: [["sqlite", "postgresql"]] })
    .exactOptional(),
  priority: z
    .enum(["low", "medium", "high", "critical"])
    .meta({ description: "Machines ask from `high` on unless they are set up otherwise.", default: "medium" })
    .exactOptional(),
});

const generateShape = {
  template: projectPath().meta({
    description: "The template, a path in the project.",
    examples: ["etc/hello.toml.in"],
  }),
  output: checkedText(outputProblem).meta({
    description: "Where the file goes, below /etc.",
    examples: ["/etc/hello-web/hello.toml"],
  }),
  from: list(checkedText(folderProblem))
    .meta({
      description: "Folders whose files take the place of the template's line `@FRAGMENTS@`.",
      default: [],
      examples: [["/etc/hello-web/conf.d"]],
    })
    .exactOptional(),
  defaults: z
    .record(key, value)
    .meta({ description: "Values of the template's `${KEY}`.", examples: [{ PORT: "8000" }] })
    .exactOptional(),
  questions: z
    .record(key, question.superRefine(checkQuestion))
    .meta({
      description: "Values that debconf asks for at installation.",
      examples: [{ PORT: { description: "Port that the service listens on:", default: "8000" } }],
    })
    .exactOptional(),
  reload: text(/^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,200}$/, "the name of a unit without its suffix")
    .meta({
      description: "Service that is reloaded, or restarted where it can't be, when the file changes.",
      examples: ["hello-web"],
    })
    .exactOptional(),
  mode: text(/^0?[0-7]{3}$/, 'permission bits in quotes, such as "0640"')
    .meta({ description: "Of a file that is not there yet.", default: "0644", examples: ["0640"] })
    .exactOptional(),
  owner: text(/^[a-z_][a-z0-9_-]{0,30}(?::[a-z_][a-z0-9_-]{0,30})?$/, '"user" or "user:group"')
    .meta({
      description: "Of a file that is not there yet.",
      default: "root:root",
      examples: ["root:hello-web"],
    })
    .exactOptional(),
};

const generateTable = z.strictObject(generateShape);
const generateId = text(/^[a-z0-9][a-z0-9_-]{0,60}$/, "a name of a-z, 0-9, _ and -");

/** Configuration files that are made on the machine. */
export const generate = defineSection({
  shape: {
    generate: z
      .record(generateId, generateTable)
      .meta({
        description:
          "Configuration files that are made on the machine, and again when a package brings or takes a fragment, by a name of your own. See how-to/generated-configuration.md.",
        examples: [{ main: { template: "etc/hello.toml.in", output: "/etc/hello-web/hello.toml" } }],
      })
      .exactOptional(),
  },
  overrides: {
    generate: z
      .record(
        generateId,
        z.strictObject({
          ...generateShape,
          template: generateShape.template.exactOptional(),
          output: generateShape.output.exactOptional(),
        }),
      )
      .meta({ description: "Generated files; what is left out is as it is in general." })
      .exactOptional(),
  },
  normalize: (raw): GeneratesConfig => ({
    generates: Object.fromEntries(
      Object.entries(raw.generate ?? {}).map(([id, table]) => [id, normalizeGenerate(table)]),
    ),
  }),
});

function normalizeGenerate(raw: z.output<typeof generateTable>): GenerateConfig {
  const {
    template,
    output,
    from = [],
    defaults = {},
    questions = {},
    reload,
    mode = "0644",
    owner = "root",
  } = raw;
  const [user = "root", group = user] = owner.split(":");
  return {
    template,
    output,
    from,
    defaults,
    questions: Object.fromEntries(
      Object.entries(questions).map(([name, one]) => [name, normalizeQuestion(one)]),
    ),
    ...defined({ reload }),
    mode: Number.parseInt(mode, 8),
    owner: { user, group },
  };
}

function normalizeQuestion(raw: z.output<typeof question>): QuestionConfig {
  const { type = "string", description, help, choices = [], priority = "medium" } = raw;
  const fallback = type === "boolean" ? "false" : (choices[0] ?? "");
  return { type, description, ...defined({ help }), default: raw.default ?? fallback, choices, priority };
}

function checkQuestion(raw: z.output<typeof question>, context: z.RefinementCtx): void {
  const { type = "string", choices = [], default: given } = raw;
  const problem = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (type === "select" && choices.length === 0) problem("choices", "the answers of a select");
  if (type !== "select" && choices.length > 0) problem("choices", 'none, or type = "select"');
  const answers = type === "boolean" ? ["true", "false"] : choices;
  if (given !== undefined && answers.length > 0 && !answers.includes(given))
    problem("default", `one of ${answers.join(", ")}`);
}

/** The note of an output has its path with colons; dpkg divides the names of triggers by blanks. */
const PLAIN_PATH = /^\/[A-Za-z0-9._+@/-]{1,200}$/;

function outputProblem(path: string): string | undefined {
  const problem = absolutePathProblem(path);
  if (problem !== undefined) return problem;
  return PLAIN_PATH.test(path) && /^\/etc\/[^/]/.test(path)
    ? undefined
    : "a path below /etc of letters, digits and . _ + @ -";
}

/** Where only root may put files: what is there goes into a file of root's. */
function folderProblem(path: string): string | undefined {
  const problem = absolutePathProblem(path);
  if (problem !== undefined) return problem;
  return PLAIN_PATH.test(path) && /^\/(?:etc|usr\/share|usr\/lib)\/[^/]/.test(path)
    ? undefined
    : "a folder below /etc, /usr/share or /usr/lib of letters, digits and . _ + @ -";
}
