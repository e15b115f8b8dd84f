import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { VenvdebError } from "../errors.ts";
import { trackChild } from "./children.ts";
import { stopIfInterrupted } from "./interruption.ts";

/** A program that runs while we do other things. */
export interface BackgroundProgram {
  readonly pid: number;
  isRunning(): boolean;
  /** Resolves when it has ended, by itself or by a signal. */
  readonly ended: Promise<void>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

interface BackgroundOptions {
  /** File that its output is appended to. */
  readonly log: string;
  readonly debianPackage: string;
}

/**
 * Starts a program with an argument array and does not wait for it. A signal to us ends it too.
 * @throws VenvdebError TOOL_MISSING when it does not start
 */
export async function startInBackground(
  file: string,
  args: readonly string[],
  { log, debianPackage }: BackgroundOptions,
): Promise<BackgroundProgram> {
  await stopIfInterrupted();
  const output = openSync(log, "a");
  const child = spawn(file, args, { stdio: ["ignore", output, output] });
  closeSync(output);
  trackChild(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await once(child, "spawn").catch((cause: unknown) => {
    throw new VenvdebError("TOOL_MISSING", `Cannot run "${file}": it does not start`, {
      hint: `apt-get install ${debianPackage}`,
      cause,
    });
  });
  return {
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended,
    kill: (signal) => void child.kill(signal),
  };
}
