import { formOf, operandSpecs } from "./operands.ts";
import type { CommandDefinition, OperandSpec, OptionSpec } from "./types.ts";

export interface HelpWorld {
  /** A name may have several words, which lead through groups. */
  readonly commands: readonly CommandDefinition[];
  readonly groups?: readonly Group[];
  /** Width of the terminal, in characters. */
  readonly columns: number;
}

interface Group {
  readonly name: string;
  readonly summary: string;
}

/**
 * The help that a command line asks for, of a command, a group or the whole program; a group alone asks for its own.
 * Nothing where it asks for none, or for that of something unknown. Made without the parser of command lines, whose start takes longer than all else.
 */
export function helpFor(argv: readonly string[], world: HelpWorld): string | undefined {
  const end = argv.indexOf("--");
  // What follows `--` is no option.
  const typed = end === -1 ? argv : argv.slice(0, end);
  const isAsked = typed.some((word) => word === "--help" || word === "-h");
  if (!isAsked && !world.groups?.some(({ name }) => name === argv.join(" "))) return undefined;
  const words = typed.filter((word) => !word.startsWith("-"));
  const command = longestOf(world.commands, words);
  if (command !== undefined) return renderCommand(command, widthOf(world));
  const group = longestOf(world.groups ?? [], words);
  const known = group?.name.split(" ").length ?? 0;
  return words.length > known ? undefined : renderGroup(group, world);
}

/** The one whose name is the longest beginning of the words. */
function longestOf<T extends { readonly name: string }>(
  all: readonly T[],
  words: readonly string[],
): T | undefined {
  const line = `${words.join(" ")} `;
  const found = all.filter(({ name }) => line.startsWith(`${name} `));
  return found.toSorted((a, b) => b.name.length - a.name.length)[0];
}

function widthOf({ columns }: HelpWorld): number {
  return Math.max(60, Math.min(100, columns));
}

type Row = readonly [left: string, right: string];

function renderGroup(group: Group | undefined, world: HelpWorld): string {
  const program = group === undefined ? "venvdeb" : `venvdeb ${group.name}`;
  const width = widthOf(world);
  return sections([
    group?.summary ?? "venvdeb takes a Python project to a Debian package.",
    `${program} <command>`,
    titled("Commands", commandRows(group?.name, world), width),
    titled("Options", group === undefined ? [...COMMON, VERSION] : COMMON, width),
    `${program} <command> --help shows the options and examples of a command.`,
  ]);
}

/** What may follow the words of a group: commands, and groups as one line each, where their first command is. */
function commandRows(group: string | undefined, { commands, groups = [] }: HelpWorld): Row[] {
  const start = group === undefined ? "" : `${group} `;
  const rows = new Map<string, Row>();
  for (const command of commands.filter(({ name }) => name.startsWith(start))) {
    const [word = ""] = command.name.slice(start.length).split(" ");
    const below = groups.find(({ name }) => name === `${start}${word}`);
    if (below === undefined) rows.set(word, [`venvdeb ${usageOf(command)}`, command.summary]);
    else rows.set(word, [`venvdeb ${below.name} <command>`, below.summary]);
  }
  return [...rows.values()];
}

function renderCommand(command: CommandDefinition, width: number): string {
  const { summary, options, examples } = command;
  const operands = operandSpecs(command).map((operand): Row => [operand.name, describe(operand)]);
  const own = Object.entries(options).map(([name, spec]): Row => [flagOf(name, spec), describe(spec)]);
  return sections([
    `venvdeb ${usageOf(command)}`,
    summary,
    titled("Arguments", operands, width),
    titled("Options", [...own, ...COMMON], width),
    titled(
      "Examples",
      examples.map(({ command: line, says }): Row => [`venvdeb ${line}`, says]),
      width,
    ),
  ]);
}

const COMMON: readonly Row[] = [
  ["-v, --verbose", "Show details on standard error"],
  ["-h, --help", "Show help"],
];
const VERSION: Row = ["    --version", "Show the version"];

function usageOf(command: CommandDefinition): string {
  return [command.name, ...operandSpecs(command).map(formOf)].join(" ");
}

function flagOf(name: string, { alias, type }: OptionSpec): string {
  const letter = alias === undefined ? "    " : `-${alias}, `;
  return `${letter}--${name}${type === "flag" ? "" : ` <${type === "count" ? "number" : "text"}>`}`;
}

/** With what may be given and what stands in, where there is such. */
function describe(spec: OptionSpec | OperandSpec): string {
  const choices = "choices" in spec && spec.choices !== undefined ? spec.choices.join(", ") : "";
  const fallback = spec.fallback ?? ("default" in spec ? spec.default : undefined);
  const notes = [
    ...(choices === "" ? [] : [`one of ${choices}`]),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
  ];
  return notes.length === 0 ? spec.describe : `${spec.describe} (${notes.join("; ")})`;
}

function sections(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function titled(title: string, rows: readonly Row[], width: number): string {
  if (rows.length === 0) return "";
  const left = Math.max(...rows.map(([text]) => text.length));
  // Where the left side takes too much of the line, the right one begins below it.
  const isWide = left > width * 0.6;
  const indent = isWide ? 6 : left + 4;
  const lines = rows.flatMap(([text, says]) => {
    const wrapped = wrap(says, width - indent);
    const padding = " ".repeat(indent);
    if (isWide) return [`  ${text}`, ...wrapped.map((line) => `${padding}${line}`)];
    return wrapped.map((line, at) => `${at === 0 ? `  ${text}`.padEnd(indent) : padding}${line}`);
  });
  return [`${title}:`, ...lines].join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
