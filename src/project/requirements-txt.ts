import { dirname, resolve } from "node:path";
import { redactSecrets } from "../effects/redact.ts";
import { VenvdebError } from "../errors.ts";
import {
  badLine,
  isUrl,
  localPath,
  placeOf,
  readRequirementLine,
  type RequirementLine,
} from "./requirement-line.ts";
import { logicalLines, type LogicalLine } from "./requirements-lines.ts";
import { addOption, mergeOptions, NO_INDEX_OPTIONS, type IndexOptions } from "./requirements-options.ts";
import { readProjectText } from "./toml.ts";

/** A requirements.txt with everything that it includes. */
export interface RequirementsFile {
  readonly requirements: readonly RequirementLine[];
  /** Of `-c` files: bounds for what is required elsewhere. */
  readonly constraints: readonly RequirementLine[];
  readonly options: IndexOptions;
  /** It names the project itself (`-e .`, `.`). */
  readonly namesProject: boolean;
  /** Every requirement is pinned by `==` or a URL, with hashes: what is installed is known. */
  readonly locked: boolean;
}

interface ReadOptions {
  /** For `${NAME}`. Default: nothing is replaced. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder that `-e .` may name. Default: that of the file. */
  readonly projectDirectory?: string;
}

/**
 * Reads a requirements file as pip does (requirements file format), with `-r`, `-c`, hashes, markers and index options.
 * @throws VenvdebError PROJECT_BAD_REQUIREMENTS for a line that is not understood, a file that includes itself or one
 *   that is elsewhere; PROJECT_EDITABLE; PROJECT_UNREADABLE
 */
export async function parseRequirementsTxt(
  path: string,
  options: ReadOptions = {},
): Promise<RequirementsFile> {
  const file = resolve(path);
  const projectDirectory = resolve(options.projectDirectory ?? dirname(file));
  const found = await readFile({ file, including: [], env: options.env ?? {}, projectDirectory });
  return { ...found, locked: found.requirements.length > 0 && found.requirements.every(isPinned) };
}

interface Reading {
  readonly file: string;
  /** The files that led here. */
  readonly including: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly projectDirectory: string;
}

function isPinned({ requirement, path, url, hashes }: RequirementLine): boolean {
  const isExact = /^===?[^,*]+$/.test(requirement?.specifier ?? "");
  return (
    hashes.length > 0 &&
    (isExact || path !== undefined || url !== undefined || requirement?.url !== undefined)
  );
}

type Contents = Omit<RequirementsFile, "locked">;

async function readFile(reading: Reading): Promise<Contents> {
  const parts: Partial<Contents>[] = [];
  for (const line of logicalLines(await readProjectText(reading.file), reading.env))
    parts.push(await readLine(reading, line));
  return {
    requirements: parts.flatMap((part) => part.requirements ?? []),
    constraints: parts.flatMap((part) => part.constraints ?? []),
    options: mergeOptions(parts.flatMap((part) => part.options ?? [])),
    namesProject: parts.some((part) => part.namesProject),
  };
}

async function readLine(reading: Reading, line: LogicalLine): Promise<Partial<Contents>> {
  if (!line.text.startsWith("-")) return namedOrRequired(reading, line);
  const [, name = "", written] =
    /^(--[a-z-]+|-[a-z])(?:\s*=\s*|\s+|(?<=^-[a-z]))?(.+)?$/s.exec(line.text) ?? [];
  const value = written?.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (name === "-e" || name === "--editable") return refuseEditable(reading, line, value ?? "");
  if (name === "-r" || name === "--requirement") return readIncluded(reading, line, value);
  if (name === "-c" || name === "--constraint") {
    const { requirements, constraints } = await readIncluded(reading, line, value);
    return { constraints: [...requirements, ...constraints] };
  }
  const options = addOption(NO_INDEX_OPTIONS, name, inFolder(name, value, reading.file));
  if (!options) throw badLine(reading, line, `the option ${name || line.text} is unknown or lacks its value`);
  return { options };
}

function namedOrRequired(reading: Reading, line: LogicalLine): Partial<Contents> {
  const target = line.text.split(/\s/)[0] ?? "";
  if (localPath(reading, target) === reading.projectDirectory) return namedProject(reading, line, target);
  return { requirements: [readRequirementLine(reading, line)] };
}

function namedProject(reading: Reading, line: LogicalLine, target: string): Partial<Contents> {
  if (!target.endsWith("]")) return { namesProject: true };
  throw badLine(reading, line, "extras of the project itself are a setting", "set extras in [tool.venvdeb]");
}

async function readIncluded(
  reading: Reading,
  line: LogicalLine,
  value: string | undefined,
): Promise<Contents> {
  if (value === undefined || value === "") throw badLine(reading, line, "a file name is missing");
  if (isUrl(value))
    throw badLine(reading, line, "a file from elsewhere is not read: keep a copy in the project");
  const file = resolve(dirname(reading.file), value);
  const including = [...reading.including, reading.file];
  if (including.includes(file)) throw badLine(reading, line, "it includes itself in the end");
  return readFile({ ...reading, file, including });
}

/** An editable install refers to a folder of this machine. */
function refuseEditable(reading: Reading, line: LogicalLine, target: string): Partial<Contents> {
  if (localPath(reading, target) === reading.projectDirectory) return namedProject(reading, line, target);
  throw new VenvdebError(
    "PROJECT_EDITABLE",
    `Cannot take "${redactSecrets(line.text)}" of ${placeOf(reading, line)}: an editable install refers to a folder that the target machine does not have`,
    { hint: `remove the -e, so that it is installed: ${redactSecrets(target)}` },
  );
}

function inFolder(name: string, value: string | undefined, file: string): string | undefined {
  const isFolder = (name === "-f" || name === "--find-links") && value !== undefined && !isUrl(value);
  return isFolder ? resolve(dirname(file), value) : value;
}
