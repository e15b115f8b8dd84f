import yargs, { type Argv } from "yargs";
import type { VenvdebError } from "../errors.ts";
import { assembleTree, followWords, type CommandNode, type GroupNode, type Reached } from "./command-tree.ts";
import { optionValue, yargsOptions, type OptionValue } from "./option-values.ts";
import { formOf, operandSpecs } from "./operands.ts";
import type { CommandDefinition, CommandGroup, OperandSpec } from "./types.ts";
import { invalidUsage, usageError } from "./usage-error.ts";

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

export interface CommandLineWorld {
  readonly commands: readonly CommandDefinition[];
  /** Of commands whose names have several words. */
  readonly groups: readonly CommandGroup[];
  readonly version: string;
  /** Width for the help, in characters. */
  readonly columns: number;
}

/**
 * Reads the command line. A group alone lists its commands, as its help does.
 * @throws VenvdebError USAGE_INVALID
 */
export async function parseArguments(argv: readonly string[], world: CommandLineWorld): Promise<Invocation> {
  let chosen: { command: CommandDefinition; values: Values } | undefined;
  const failures: VenvdebError[] = [];
  const tree = assembleTree(world.commands, world.groups);
  const { group, nodes, rest } = reachGroup(argv, tree);
  const parser = baseParser(world, group);
  addNodes(parser, nodes, (command, values) => {
    chosen = { command, values };
  });
  parser.fail((message, error) => failures.push(usageError(message ?? error.message, argv, tree)));
  let printed = "";
  await parser.parseAsync(rest, (_error: unknown, _values: unknown, output: string) => {
    printed = output;
  });
  if (failures[0] !== undefined) throw failures[0];
  return chosen === undefined
    ? { kind: "text", text: withoutLetters(printed, argv) }
    : collect(chosen.command, chosen.values);
}

type Values = Readonly<Record<string, unknown>>;

/** yargs gets one level of the tree and what follows it. Of words to complete, the last is not typed yet. */
function reachGroup(argv: readonly string[], tree: readonly CommandNode[]): Reached {
  const isCompletion = argv[0] === COMPLETIONS;
  const start = isCompletion ? 2 : 0;
  const end = isCompletion ? Math.max(start, argv.length - 1) : argv.length;
  const reached = followWords(argv.slice(start, end), tree);
  const rest = [...argv.slice(0, start), ...reached.rest, ...argv.slice(end)];
  return { ...reached, rest: rest.length === 0 && reached.group !== undefined ? ["--help"] : rest };
}

const COMPLETIONS = "--get-yargs-completions";

/** Among the words to complete, yargs spells `-j` as `--j`. */
function withoutLetters(text: string, argv: readonly string[]): string {
  return argv[0] === COMPLETIONS ? text.replaceAll(/^--\w(?::.*)?\n/gm, "") : text;
}

function baseParser({ version, columns }: CommandLineWorld, node: GroupNode | undefined): Argv {
  const name = node === undefined ? "venvdeb" : `venvdeb ${node.group.name}`;
  const title = node?.group.summary ?? "venvdeb takes a Python project to a Debian package.";
  return yargs()
    .scriptName(name)
    .locale("en")
    .exitProcess(false)
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
    })
    .usage(`${title}\n\n${name} <command>`)
    .strict()
    .demandCommand(1, "no command is named")
    .help()
    .alias("help", "h")
    .version(version)
    .option("verbose", { type: "boolean", alias: "v", describe: "Show details on standard error" })
    .wrap(Math.max(60, Math.min(100, columns)))
    .epilogue(`${name} <command> --help shows the options and examples of a command.`);
}

function addNodes(
  parser: Argv,
  nodes: readonly CommandNode[],
  choose: (command: CommandDefinition, values: Values) => void,
): void {
  for (const node of nodes)
    if (node.kind === "group") parser.command(node.word, node.group.summary);
    else
      parser.command(
        usageOf(node),
        node.command.summary,
        (own) => describeCommand(own, node.command),
        (values: Values) => choose(node.command, values),
      );
}

function usageOf({ word, command }: Extract<CommandNode, { kind: "command" }>): string {
  return [word, ...operandSpecs(command).map(formOf)].join(" ");
}

function describeCommand(parser: Argv, command: CommandDefinition): Argv {
  for (const operand of operandSpecs(command)) parser.positional(operand.name, operandOptions(operand));
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
function operandsOf(command: CommandDefinition, values: Values): string[] {
  const specs = operandSpecs(command);
  const named = specs.map(({ name }) => values[name] ?? []);
  const rest = Array.isArray(values["_"]) ? values["_"].slice(1) : [];
  const all = [...named.flat(), ...rest].map(String);
  const endless = specs.some(({ count }) => count === "any" || count === "at least one");
  if (!endless && all.length > specs.length)
    throw invalidUsage(`"${all.at(-1)}" is one argument too many`, command.name);
  return all;
}
