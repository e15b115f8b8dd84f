import { existsSync } from "node:fs";
import { execa, type Options } from "execa";
import { VenvdebError, type ErrorCode } from "../errors.ts";
import { trackChild } from "./children.ts";
import { stopIfInterrupted } from "./interruption.ts";
import { redactSecrets } from "./redact.ts";

export interface ExecOptions {
  readonly cwd?: string;
  /** Added to the inherited environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Start from an empty environment instead of the inherited one. */
  readonly cleanEnv?: boolean;
  readonly input?: string | Uint8Array;
  /** Called with each line of stdout and stderr, secrets removed. */
  readonly onLine?: (line: string) => void;
  readonly timeoutSeconds?: number;
  /** Ends the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** `022`: for what the program makes, whatever the user's is. Set by a shell that becomes the program. */
  readonly umask?: "022";
  /** Thrown as this code when the program fails; without it the caller reads `exitCode` itself. */
  readonly failure?: {
    readonly code: ErrorCode;
    readonly doing: string;
    readonly hint?: (output: string) => string | undefined;
  };
  /** The Debian package that brings the program, for the error when it is missing. */
  readonly debianPackage?: string;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Empty when the program did not start. */
interface Output {
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
}

/**
 * Runs a program with an argument array, never through a shell.
 * @throws VenvdebError TOOL_MISSING when the program is not found; `options.failure.code` when it fails.
 */
export async function exec(
  file: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  await stopIfInterrupted();
  const command = options.umask === undefined ? [file, ...args] : masked(options.umask, file, args);
  const [program = file, ...rest] = command;
  const child = execa(program, rest, execaOptions(options));
  trackChild(child);
  if (options.onLine)
    for await (const line of child.iterable({ from: "all" })) options.onLine(redactSecrets(line));
  const result: { code?: string | undefined; exitCode?: number | undefined } & Output = await child;
  const { code, stdout = "", stderr = "" } = result;
  const exitCode = result.exitCode ?? 128;
  const notFound = exitCode === NOT_FOUND && options.umask !== undefined && !isThere(file);
  if (code === "ENOENT" || notFound) throw missingTool(file, options);
  if (exitCode !== 0 && options.failure)
    throw failedTool(file, args, exitCode, `${stdout}\n${stderr}`, options.failure);
  return { exitCode, stdout, stderr };
}

/** What a shell ends with when it can't find a program (POSIX, 2.8.2), and a program that can't find its libraries. */
const NOT_FOUND = 127;

function isThere(file: string): boolean {
  return file.startsWith("/") && existsSync(file);
}

function masked(umask: string, file: string, args: readonly string[]): string[] {
  return ["/bin/sh", "-c", `umask ${umask}; exec "$0" "$@"`, file, ...args];
}

function execaOptions(options: ExecOptions) {
  return {
    reject: false,
    all: true,
    stripFinalNewline: false,
    extendEnv: options.cleanEnv !== true,
    // It leads a group of its own, so that a signal to us ends what it has started too (see children.ts).
    detached: true,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  } as const satisfies Options;
}

function missingTool(file: string, options: ExecOptions): VenvdebError {
  const hint =
    options.debianPackage === undefined ? {} : { hint: `apt-get install ${options.debianPackage}` };
  return new VenvdebError("TOOL_MISSING", `Cannot run "${file}": it is not on PATH`, hint);
}

function failedTool(
  file: string,
  args: readonly string[],
  exitCode: number,
  output: string,
  failure: NonNullable<ExecOptions["failure"]>,
): VenvdebError {
  const clean = redactSecrets(output).trim();
  const tail = clean.split("\n").slice(-25).join("\n");
  const command = redactSecrets([file, ...args].join(" "));
  const hint = failure.hint?.(clean);
  return new VenvdebError(
    failure.code,
    `Cannot ${failure.doing}: "${command}" ended with exit code ${exitCode}${tail === "" ? "" : `\n${tail}`}`,
    hint === undefined ? {} : { hint },
  );
}
