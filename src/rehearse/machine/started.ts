import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { startInBackground, type BackgroundProgram } from "../../effects/background.ts";
import { exec } from "../../effects/exec.ts";
import { readFile } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";
import { writeContainer } from "./run-folder.ts";
import type { StartOptions } from "./types.ts";
import { waitFor } from "./wait.ts";

/** A container that was started from here, with the number of its PID 1 on the host. */
export interface Container {
  readonly program: BackgroundProgram;
  readonly leader: string;
}

/**
 * Starts what makes a container and finds its PID 1.
 * @throws VenvdebError REHEARSE_NO_START, TOOL_MISSING
 */
export async function startContainer(
  command: readonly string[],
  debianPackage: string,
  { folder }: StartOptions,
): Promise<Container> {
  const [file = "", ...args] = command;
  const program = await startInBackground(file, args, { log: join(folder, "console.log"), debianPackage });
  await writeContainer(folder, program.pid).catch(() => undefined);
  const leader = await waitFor(() => firstProcess(program.pid), {
    seconds: 20,
    lost: () => !program.isRunning(),
  });
  if (leader !== undefined) return { program, leader };
  await endContainer(program);
  throw await notStarted(folder, `${file} started nothing`);
}

/** The error of a machine that does not come up, with the end of its console's log. */
export async function notStarted(folder: string, problem: string): Promise<VenvdebError> {
  const log = await readFile(join(folder, "console.log"), "utf8").catch(() => "");
  const tail = log.trim().slice(-2000);
  return new VenvdebError(
    "REHEARSE_NO_START",
    `Cannot start the machine: ${problem}${tail === "" ? "" : `\n${tail}`}`,
  );
}

/** Runs a command and gives its stdout, trimmed; a minute at most. */
export async function ask(command: readonly string[]): Promise<string> {
  const [file = "", ...args] = command;
  return (await exec(file, args, { timeoutSeconds: 60, debianPackage: "util-linux" })).stdout.trim();
}

/** Waits for a container to end by itself, then ends it: all of it goes with the program that started it. */
export async function endContainer(program: BackgroundProgram, seconds = 0): Promise<void> {
  if (seconds > 0) await Promise.race([program.ended, setTimeout(seconds * 1000, undefined, { ref: false })]);
  if (program.isRunning()) program.kill("SIGKILL");
  if (program.isRunning()) await program.ended;
}

/** The container's PID 1: what starts it has other children for a moment while it prepares the tree. */
async function firstProcess(container: number): Promise<string | undefined> {
  const children = await readFile(`/proc/${container}/task/${container}/children`, "utf8").catch(() => "");
  for (const child of children.split(" ").filter((word) => word !== "")) {
    const status = await readFile(`/proc/${child}/status`, "utf8").catch(() => "");
    if (/^NSpid:\t\d+\t1$/m.test(status)) return child;
  }
  return undefined;
}
