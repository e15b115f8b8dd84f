import { VenvdebError } from "../errors.ts";

/** One word of a POSIX shell, always in single quotes. @throws VenvdebError SYSTEM_BAD_VALUE for a NUL */
export function quoteShell(value: string): string {
  if (value.includes("\0")) throw badValue(value, "a shell script", "it holds a NUL");
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** A plain name as it is, for tools that read scripts and know no quotes. @throws VenvdebError SYSTEM_BAD_VALUE */
export function requirePlainWord(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(value)) return value;
  throw badValue(value, "a shell script", "it is no plain name (wanted: letters, digits, _ and -)");
}

/** Words of a POSIX shell. @throws VenvdebError SYSTEM_BAD_VALUE for a NUL */
export function quoteShellWords(values: readonly string[]): string {
  return values.map(quoteShell).join(" ");
}

/** `export` lines, indented. @throws VenvdebError SYSTEM_BAD_VALUE for a NUL and for a name that is none */
export function quoteShellEnvironment(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `    export ${requireVariable(name, "a shell script")}=${quoteShell(value)}`)
    .join("\n");
}

/** Text for one line after `#`, in any language. */
export function quoteComment(value: string): string {
  return value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]+/gu, " ").trim();
}

/**
 * The value of a systemd setting that takes the rest of its line as it is (systemd.syntax(7)): specifiers are doubled.
 * @throws VenvdebError SYSTEM_BAD_VALUE for what such a line cannot hold
 */
export function quoteSystemd(value: string): string {
  const problem = systemdProblem(value);
  if (problem !== undefined) throw badValue(value, "a systemd unit", problem);
  return value.replaceAll("%", "%%");
}

/**
 * One word of a systemd setting that splits its value into words, in double quotes where needed.
 * @throws VenvdebError SYSTEM_BAD_VALUE for a NUL
 */
export function quoteSystemdWord(value: string): string {
  if (value.includes("\0")) throw badValue(value, "a systemd unit", "it holds a NUL");
  const doubled = value.replaceAll("%", "%%");
  return PLAIN_WORD.test(value) ? doubled : `"${doubled.replaceAll(ESCAPED, escapeCharacter)}"`;
}

/**
 * A command line for ExecStart= and its kin (systemd.service(5), "Command lines"): no word is expanded or split again.
 * @throws VenvdebError SYSTEM_BAD_VALUE for a program that systemd would refuse or take for a prefix
 */
export function quoteSystemdExec([program = "", ...args]: readonly string[]): string {
  if (!PROGRAM.test(program))
    throw badValue(
      program,
      "a systemd unit",
      "it is no program (wanted: an absolute path without $, quotes, backslashes and control characters)",
    );
  return [program, ...args.map((word) => word.replaceAll("$", "$$$$"))].map(quoteSystemdWord).join(" ");
}

/** `Environment=` lines, sorted as given. @throws VenvdebError SYSTEM_BAD_VALUE for a name that is none */
export function quoteSystemdEnvironment(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(
      ([name, value]) =>
        `Environment=${quoteSystemdWord(`${requireVariable(name, "a systemd unit")}=${value}`)}`,
    )
    .join("\n");
}

function requireVariable(name: string, place: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw badValue(name, place, "it is not the name of an environment variable");
}

/**
 * `Key=value` lines, one for each value of a list; the keys are ours or checked, the values are quoted as by
 * `quoteSystemd`. An empty value resets a setting.
 */
export function quoteSystemdSettings(settings: SystemdSettings): string {
  return Object.entries(settings)
    .flatMap(([key, values]) => [values].flat().map((value) => [key, value] as const))
    .map(([key, value]) => `${key}=${value === "" ? "" : quoteSystemd(value)}`)
    .join("\n");
}

export type SystemdSettings = Readonly<Record<string, string | readonly string[]>>;

/** Characters that mean nothing to systemd's splitter; a percent sign is doubled before. */
const PLAIN_WORD = /^[A-Za-z0-9_/.:=@,+%-]+$/;

// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0001-\u001f\u007f]/g;

function escapeCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

const PROGRAM = /^\/[^\p{Cc}"'\\$]+$/u;

function systemdProblem(value: string): string | undefined {
  if (value === "") return "it is empty";
  if (/[\p{Cc}\p{Surrogate}]/u.test(value)) return "it holds control characters (wanted: one line of text)";
  if (value.trim() !== value) return "it begins or ends with a blank";
  return value.endsWith("\\") ? "it ends with a backslash" : undefined;
}

/** The error for a value that a language cannot hold. */
export function badValue(value: string, place: string, problem: string): VenvdebError {
  return new VenvdebError(
    "SYSTEM_BAD_VALUE",
    `Cannot write ${JSON.stringify(value.slice(0, 200))} into ${place}: ${problem}`,
  );
}
