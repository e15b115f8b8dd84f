import { spawn, type ChildProcess } from "node:child_process";
import { onTestFinished } from "vitest";
import { PROGRAM } from "./cli.ts";

/** A `venvdeb worker` that runs. */
export interface TestWorker {
  /** Everything that it has said. */
  readonly said: () => string;
  readonly isRunning: () => boolean;
  /** Resolves with the exit code when it has ended; nothing after a signal. */
  readonly ended: Promise<number | null>;
  readonly signal: (signal: "SIGTERM" | "SIGKILL") => void;
}

/** Starts one in a folder with a fleet file; it is gone when the test is over. */
export function startWorker(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): TestWorker {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, "worker", "fleet.toml", ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  onTestFinished(async () => {
    if (isRunning()) child.kill("SIGKILL");
    await ended;
  });
  return { said: () => said, isRunning, ended, signal: (signal) => void child.kill(signal) };
}
