import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { VenvdebError } from "../errors.ts";
import { signalGroup, trackChild } from "./children.ts";
import { stopIfInterrupted } from "./interruption.ts";
import { redactSecrets } from "./redact.ts";

export interface StreamOptions {
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input?: string;
  /** After these the program and what it has started are killed. */
  readonly seconds: number;
  /** Of output; more of it ends the program. */
  readonly bytes: number;
  /** Of each file that it writes. */
  readonly fileBytes: number;
  readonly debianPackage: string;
}

/** How a program ended. */
export interface Ending {
  readonly exitCode: number;
  /** Its end, secrets removed. */
  readonly stderr: string;
  /** It was stopped: it ran for too long, or said too much. */
  readonly stopped?: "time" | "size";
}

/**
 * Runs a program that may be fed by anybody, within limits of time and size, and gives its output as it comes. Stopping
 * to read ends it.
 * @throws VenvdebError TOOL_MISSING
 */
export async function* streamProgram(
  file: string,
  args: readonly string[],
  options: StreamOptions,
): AsyncGenerator<Buffer, Ending> {
  await stopIfInterrupted();
  const child = spawn(
    "prlimit",
    [`--fsize=${options.fileBytes}`, `--data=${MOST_MEMORY}`, "--core=0", "--", file, ...args],
    {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: "pipe",
    },
  );
  trackChild(child);
  let stderr = "";
  let stopped: Ending["stopped"];
  child.stderr.on("data", (text: Buffer) => (stderr = (stderr + text.toString()).slice(-MOST_STDERR)));
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(missing("prlimit", "util-linux", cause)));
    child.once("exit", (code) => resolve(code ?? KILLED));
  });
  ended.catch(() => undefined);
  const closed = new Promise((resolve) => child.stderr.once("close", resolve));
  const timer = setTimeout(() => {
    stopped = "time";
    signalGroup(child, "SIGKILL");
  }, options.seconds * 1000);
  try {
    child.stdin.end(options.input ?? "");
    let size = 0;
    const output: AsyncIterable<Buffer> = child.stdout;
    for await (const chunk of output) {
      size += chunk.length;
      if (size > options.bytes) {
        stopped ??= "size";
        break;
      }
      yield chunk;
    }
    if (stopped === "size") signalGroup(child, "SIGKILL");
    const exitCode = await ended;
    // What it has left running, such as a shared connection of ssh, may keep the pipe open.
    await Promise.race([closed, sleep(500, undefined, { ref: false })]);
    if (exitCode === NOT_FOUND && /failed to execute/.test(stderr))
      throw missing(file, options.debianPackage);
    return { exitCode, stderr: redactSecrets(stderr), ...(stopped === undefined ? {} : { stopped }) };
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) signalGroup(child, "SIGKILL");
  }
}

/** Of its own; files that it maps do not count. */
const MOST_MEMORY = 4 * 2 ** 30;
const MOST_STDERR = 16_384;
const KILLED = 137;
/** What prlimit(1) ends with when it cannot run the program. */
const NOT_FOUND = 127;

function missing(program: string, debianPackage: string, cause?: unknown): VenvdebError {
  return new VenvdebError("TOOL_MISSING", `Cannot run "${program}": it is not on PATH`, {
    hint: `apt-get install ${debianPackage}`,
    cause,
  });
}
