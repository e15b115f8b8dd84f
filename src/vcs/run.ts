import { redactSecrets } from "../effects/redact.ts";
import { streamProgram, type Ending } from "../effects/stream.ts";
import { VenvdebError, type ErrorCode } from "../errors.ts";
import { LIMITS } from "./limits.ts";

/** A program of a version control, and how it is to run so that it does nothing but what it is told. */
export interface Tool {
  readonly program: "git" | "hg" | "svn";
  readonly debianPackage: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
}

export interface RunOptions {
  /** For the error: `fetch https://…`. Secrets are removed. */
  readonly doing: string;
  readonly code?: ErrorCode;
  readonly hint?: string;
  readonly input?: string;
  /** Exit codes that are an answer, besides 0. */
  readonly answers?: readonly number[];
  readonly seconds?: number;
  readonly bytes?: number;
}

/**
 * The standard output of a program that ended well.
 * @throws VenvdebError `options.code` (VCS_FAILED), VCS_TIMEOUT, VCS_TOO_BIG, TOOL_MISSING
 */
export async function runTool(tool: Tool, args: readonly string[], options: RunOptions): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of streamTool(tool, args, { bytes: LIMITS.answerBytes, ...options }))
    pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

/** The same, as it comes. Its end may be an error, so what was read counts only then. */
export async function* streamTool(
  tool: Tool,
  args: readonly string[],
  options: RunOptions,
): AsyncGenerator<Buffer> {
  const { seconds = LIMITS.seconds, bytes = LIMITS.treeBytes, input, answers = [] } = options;
  const { program, ...world } = tool;
  const ending = yield* streamProgram(program, args, {
    ...world,
    seconds,
    bytes,
    fileBytes: LIMITS.fileBytes,
    ...(input === undefined ? {} : { input }),
  });
  if (ending.stopped !== undefined || ![0, ...answers].includes(ending.exitCode))
    throw failure(tool, ending, { ...options, seconds, bytes });
}

function failure(
  { program }: Tool,
  { exitCode, stderr, stopped }: Ending,
  options: RunOptions & { readonly seconds: number; readonly bytes: number },
): VenvdebError {
  const doing = redactSecrets(options.doing);
  if (stopped === "time")
    return new VenvdebError(
      "VCS_TIMEOUT",
      `Cannot ${doing}: ${program} was not done after ${options.seconds} seconds`,
    );
  if (stopped === "size")
    return new VenvdebError(
      "VCS_TOO_BIG",
      `Cannot ${doing}: ${program} gave more than ${options.bytes} bytes`,
    );
  if (exitCode === TOO_LARGE_FILE)
    return new VenvdebError(
      "VCS_TOO_BIG",
      `Cannot ${doing}: a file of more than ${LIMITS.fileBytes} bytes would come of it`,
    );
  const said = stderr.trim().split("\n").slice(-10).join("\n");
  return new VenvdebError(
    options.code ?? "VCS_FAILED",
    `Cannot ${doing}: ${program} ended with exit code ${exitCode}${said === "" ? "" : `\n${said}`}`,
    options.hint === undefined ? {} : { hint: options.hint },
  );
}

/** 128 and SIGXFSZ. */
const TOO_LARGE_FILE = 153;
