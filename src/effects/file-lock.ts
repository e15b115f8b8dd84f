import { spawn, type ChildProcess } from "node:child_process";
import { VenvdebError } from "../errors.ts";
import { stopIfInterrupted } from "./interruption.ts";

/** Why a lock is not to be had. */
export type LockFailure = "taken" | "refused";

/**
 * Runs alone among all processes that lock this file (flock(1), of an Essential package). The kernel frees the lock when
 * this process ends, however it ends: the child that holds it ends with its standard input.
 * @throws what `failure` makes: `taken` when another held it for `seconds`, `refused` when the file cannot be opened;
 *   VenvdebError TOOL_MISSING
 */
export async function withFileLock<T>(
  path: string,
  options: { readonly seconds: number; readonly failure: (why: LockFailure, said: string) => Error },
  run: () => Promise<T>,
): Promise<T> {
  await stopIfInterrupted();
  const holder = await takeLock(path, options);
  try {
    return await run();
  } finally {
    await release(holder);
  }
}

const TAKEN = 75;

async function takeLock(
  path: string,
  { seconds, failure }: Parameters<typeof withFileLock>[1],
): Promise<ChildProcess> {
  const wait = [`--timeout=${seconds}`, `--conflict-exit-code=${TAKEN}`];
  // It is no child that a signal to us ends first: a write that is still under way must not lose its lock.
  const holder = spawn("flock", ["--exclusive", ...wait, path, "cat"], { stdio: "pipe", detached: true });
  let said = "";
  holder.stderr.on("data", (text: Buffer) => (said += text.toString()));
  holder.stdin.on("error", () => undefined);
  holder.stdin.write("locked\n");
  await new Promise<void>((resolve, reject) => {
    holder.once("error", (cause) => reject(missing(cause)));
    holder.once("close", (code) => reject(failure(code === TAKEN ? "taken" : "refused", said.trim())));
    holder.stdout.once("data", () => resolve());
  });
  return holder;
}

async function release(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  holder.stdin?.end();
  await closed;
}

function missing(cause: unknown): VenvdebError {
  return new VenvdebError("TOOL_MISSING", `Cannot run "flock": it does not start`, {
    hint: "apt-get install util-linux",
    cause,
  });
}
