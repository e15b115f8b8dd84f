import yargs, { type Argv, type Options } from "yargs";
import { VenvdebError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { CommandDefinition, OperandSpec, OptionSpec } from "./types.ts";

/** What the command line asks for: a command with its values, or a text (help, completions) to print. */
export type Invocation =
  | {
      readonly kind: "command";
      readonly command: CommandDefinition;
      readonly options: Readonly<Record<string, OptionValue>>;
      readonly operands: readonly string[];
      readonly verbose: boolean;
    }
  | { readonly kind: "text"; readonly text: string };

type OptionValue = string | number | boolean | undefined;

export interface CommandLineWorld {
  readonly commands: readonly CommandDefinition[];
  readonly version: string;
  /** Width for the help, in characters. */
  readonly columns: number;
}

/**
 * Reads the command line.
 * @throws VenvdebError USAGE_INVALID
 */
export async function parseArguments(argv: readonly string[], world: CommandLineWorld): Promise<Invocation> {
  let chosen: { command: CommandDefinition; values: Values } | undefined;
  const failures: VenvdebError[] = [];
  const parser = baseParser(world);
  for (const command of world.commands) {
    const choose = (values: Values) => {
      chosen = { command, values };
    };
    parser.command(usageOf(command), command.summary, (own) => describeCommand(own, command), choose);
  }
  parser.fail((message, error) => failures.push(usageError(message ?? error.message, argv, world.commands)));
  let printed = "";
  await parser.parseAsync(argv, (_error: unknown, _values: unknown, output: string) => {
    printed = output;
  });
  if (failures[0] !== undefined) throw failures[0];
  return chosen === undefined
    ? { kind: "text", text: withoutLetters(printed, argv) }
    : collect(chosen.command, chosen.values);
}

type Values = Readonly<Record<string, unknown>>;

/** Among the words to complete, yargs spells `-j` as `--j`. */
function withoutLetters(text: string, argv: readonly string[]): string {
  return argv[0] === "--get-yargs-completions" ? text.replaceAll(/^--\w(?::.*)?\n/gm, "") : text;
}

function baseParser({ version, columns }: CommandLineWorld): Argv {
  return yargs()
    .scriptName("venvdeb")
    .locale("en")
    .exitProcess(false)
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
    })
    .usage("venvdeb takes a Python project to a Debian package.\n\nvenvdeb <command>")
    .strict()
    .demandCommand(1, "no command is named")
    .help()
    .alias("help", "h")
    .version(version)
    .option("verbose", { type: "boolean", alias: "v", describe: "Show details on standard error" })
    .wrap(Math.max(60, Math.min(100, columns)))
    .epilogue("venvdeb <command> --help shows the options and examples of a command.");
}

function usageOf({ name, operands }: CommandDefinition): string {
  if (operands === undefined) return name;
  const forms = {
    one: `<${operands.name}>`,
    "at least one": `<${operands.name}..>`,
    optional: `[${operands.name}]`,
    any: `[${operands.name}..]`,
  };
  return `${name} ${forms[operands.count]}`;
}

function describeCommand(parser: Argv, command: CommandDefinition): Argv {
  if (command.operands !== undefined)
    parser.positional(command.operands.name, operandOptions(command.operands));
  for (const [name, spec] of Object.entries(command.options)) parser.option(name, yargsOptions(spec));
  for (const { command: line, says } of command.examples) parser.example(`venvdeb ${line}`, says);
  return parser.epilogue("");
}

function operandOptions({ describe, choices, fallback }: OperandSpec) {
  return {
    type: "string",
    describe,
    ...(choices === undefined ? {} : { choices }),
    ...(fallback === undefined ? {} : { defaultDescription: fallback }),
  } as const;
}

function yargsOptions(spec: OptionSpec): Options {
  const { describe, alias, fallback: shown } = spec;
  const names = alias === undefined ? {} : { alias };
  const common = { describe, ...names, ...(shown === undefined ? {} : { defaultDescription: shown }) };
  if (spec.type === "flag") return { ...common, type: "boolean" };
  const fallback = spec.default === undefined ? {} : { default: spec.default };
  const value = { ...common, ...fallback, requiresArg: true };
  if (spec.type === "count") return { ...value, type: "number" };
  return { ...value, type: "string", ...(spec.choices === undefined ? {} : { choices: spec.choices }) };
}

function collect(command: CommandDefinition, values: Values): Invocation {
  const options = Object.entries(command.options).map(
    ([name, spec]) => [name, optionValue(name, spec, values[name])] as const,
  );
  return {
    kind: "command",
    command,
    options: Object.fromEntries(options),
    operands: operandsOf(command, values),
    verbose: values["verbose"] === true,
  };
}

/** What follows `--` is kept apart by yargs. */
function operandsOf({ operands }: CommandDefinition, values: Values): string[] {
  const named = operands === undefined ? [] : [values[operands.name] ?? []];
  const rest = Array.isArray(values["_"]) ? values["_"].slice(1) : [];
  const all = [...named.flat(), ...rest].map(String);
  if (
    operands === undefined ||
    (operands.count !== "any" && operands.count !== "at least one" && all.length > 1)
  ) {
    if (all.length > 0) throw invalid(`"${all.at(-1)}" is one argument too many`);
  }
  return all;
}

function optionValue(name: string, spec: OptionSpec, value: unknown): OptionValue {
  if (Array.isArray(value)) throw invalid(`--${name} is given ${value.length} times (once is wanted)`);
  if (spec.type === "flag") return value === true;
  if (value === undefined) return undefined;
  if (spec.type === "text") return textValue(name, spec, value);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw invalid(`--${name} is no number (a whole number of at least 1 is wanted)`);
  }
  return value;
}

function textValue(
  name: string,
  { form }: Extract<OptionSpec, { type: "text" }>,
  value: unknown,
): string | undefined {
  if (typeof value !== "string") return undefined;
  if (form === undefined || form.pattern.test(value)) return value;
  throw invalid(`--${name} is "${value}" (${form.wanted} are wanted)`);
}

function usageError(
  message: string,
  argv: readonly string[],
  commands: readonly CommandDefinition[],
): VenvdebError {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(", ") ?? [];
  const command = commands.find(({ name }) => argv.includes(name));
  const known = command === undefined ? commands.map(({ name }) => name) : Object.keys(command.options);
  const near = unknown.map((name) => nearest(name, known)).find((name) => name !== undefined);
  const text =
    unknown.length > 0 ? `${unknown.map((name) => `"${name}"`).join(", ")} is not known` : tidy(message);
  const meant = near === undefined ? "" : ` (did you mean "${command === undefined ? "" : "--"}${near}"?)`;
  return invalid(`${text}${meant}`, command?.name);
}

/** One line, without the parser's capital letters. */
function tidy(message: string): string {
  const line = message.replaceAll(/\s*\n\s*/g, " ");
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function invalid(problem: string, command?: string): VenvdebError {
  return new VenvdebError("USAGE_INVALID", `Cannot read the command line: ${problem}`, {
    exitCode: 2,
    hint: `venvdeb ${command === undefined ? "" : `${command} `}--help`,
  });
}
