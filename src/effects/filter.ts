import { spawn, type ChildProcess } from "node:child_process";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { VenvdebError, messageOf, type ErrorCode } from "../errors.ts";
import { trackChild } from "./children.ts";

/** A program that turns its standard input into its standard output: a compressor, a decompressor. */
export interface Filter {
  readonly program: string;
  readonly args: readonly string[];
  /** The Debian package that brings the program, for the error when it is missing. */
  readonly debianPackage: string;
  readonly failure: { readonly code: ErrorCode; readonly doing: string };
}

/** Resolves when the reader has taken the bytes. */
export type Write = (chunk: Uint8Array) => Promise<void>;

/**
 * Runs a filter on what `feed` writes; its output goes straight to a new file, without a way through this process
 * (which execa can't do with a file of its own). The file stays on failure: the caller owns its folder.
 * @throws VenvdebError TOOL_MISSING, `filter.failure.code`, or what `feed` throws.
 */
export async function filterToFile<T>(
  filter: Filter,
  path: string,
  feed: (write: Write) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const output = await open(path, "wx", 0o600);
  try {
    const child = startFilter(filter, output.fd, signal);
    const fed = await settle(feed((chunk) => writeChunk(child.stdin, chunk)));
    const isOurs = fed.status === "rejected" && !isClosedPipe(fed.reason);
    if (isOurs) child.kill();
    child.stdin.end();
    const failure = await child.ended;
    if (isOurs) throw fed.reason;
    if (failure !== undefined) throw failure;
    if (fed.status === "rejected") throw fed.reason;
    return fed.value;
  } finally {
    await output.close();
  }
}

/**
 * Gives the output of a filter over the bytes `start` to `end` (exclusive) of a file. Stopping early stops the program.
 * @throws VenvdebError TOOL_MISSING, `filter.failure.code`
 */
export async function* filterFromFile(
  filter: Filter,
  source: { readonly path: string; readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const child = startFilter(filter, "pipe");
  const input = createReadStream(source.path, { start: source.start, end: Math.max(source.end - 1, 0) });
  // What goes wrong on this side shows in the exit code: a filter that wants no more closes its input.
  const fed = settle(pipeline(input, child.stdin));
  let isFinished = false;
  try {
    const output: AsyncIterable<Uint8Array> = child.stdout;
    yield* output;
    isFinished = true;
  } finally {
    if (!isFinished) child.kill();
    input.destroy();
    await fed;
    await child.ended;
  }
  const failure = await child.ended;
  if (failure !== undefined) throw failure;
}

/**
 * Gives the output of a filter over bytes in memory, of which there may be `limit` at most.
 * @throws VenvdebError TOOL_MISSING, `filter.failure.code`
 */
export async function filterBytes(filter: Filter, input: Uint8Array, limit: number): Promise<Buffer> {
  const child = startFilter(filter, "pipe");
  const fed = settle(writeChunk(child.stdin, input).then(() => child.stdin.end()));
  const chunks: Buffer[] = [];
  let size = 0;
  const output: AsyncIterable<Buffer> = child.stdout;
  for await (const chunk of output) {
    size += chunk.length;
    if (size > limit) break;
    chunks.push(chunk);
  }
  if (size > limit) child.kill();
  await fed;
  const failure = await child.ended;
  const { code, doing } = filter.failure;
  if (size > limit) throw new VenvdebError(code, `Cannot ${doing}: it unpacks to more than ${limit} bytes`);
  if (failure !== undefined) throw failure;
  return Buffer.concat(chunks, size);
}

interface RunningFilter {
  readonly stdin: Writable;
  /** Empty when the output goes to a file. */
  readonly stdout: Readable;
  /** Why it failed, or nothing. */
  readonly ended: Promise<VenvdebError | undefined>;
  readonly kill: () => void;
}

function startFilter(filter: Filter, stdout: number, signal?: AbortSignal): RunningFilter;
function startFilter(filter: Filter, stdout: "pipe"): RunningFilter;
function startFilter(filter: Filter, stdout: number | "pipe", signal?: AbortSignal): RunningFilter {
  const child = spawn(filter.program, filter.args, {
    // Nothing else: variables such as XZ_OPT would change the output. English, so that a full disk is known by its text.
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    stdio: ["pipe", stdout === "pipe" ? "pipe" : stdout, "pipe"],
    ...(signal === undefined ? {} : { signal }),
  });
  trackChild(child);
  const [stdin, output, errors] = child.stdio;
  if (stdin === null || errors === null) throw new Error(`no pipes to ${filter.program}`);
  // Each write has its own callback; without a listener a closed pipe would end the whole program.
  stdin.on("error", () => {});
  return {
    stdin,
    stdout: output ?? errors,
    ended: waitForEnd(filter, child, errors),
    kill: () => child.kill(),
  };
}

async function waitForEnd(
  filter: Filter,
  child: ChildProcess,
  errors: Readable,
): Promise<VenvdebError | undefined> {
  let said = "";
  errors.on("data", (chunk: Buffer) => {
    if (said.length < 10_000) said += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(startFailure(filter, error)));
    child.once("close", (code, signal) => resolve(endFailure(filter, code ?? signal, said.trim())));
  });
}

async function settle<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

async function writeChunk(stream: Writable, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The program ended before it had read everything; its own message says more. */
function isClosedPipe(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ERR_STREAM_WRITE_AFTER_END";
}

function startFailure({ program, debianPackage, failure }: Filter, error: Error): VenvdebError {
  if ("code" in error && error.code === "ENOENT")
    return new VenvdebError("TOOL_MISSING", `Cannot run "${program}": it is not on PATH`, {
      hint: `apt-get install ${debianPackage}`,
    });
  return new VenvdebError(failure.code, `Cannot ${failure.doing}: "${program}": ${messageOf(error)}`, {
    cause: error,
  });
}

function endFailure(filter: Filter, status: number | string | null, said: string): VenvdebError | undefined {
  if (status === 0) return undefined;
  const how = typeof status === "number" ? `ended with exit code ${status}` : `was stopped by ${status}`;
  const command = [filter.program, ...filter.args].join(" ");
  return new VenvdebError(
    filter.failure.code,
    `Cannot ${filter.failure.doing}: "${command}" ${how}${said === "" ? "" : `\n${said}`}`,
  );
}
