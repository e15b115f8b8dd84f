import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { writeContainer } from "./machine-run.ts";
import { waitFor } from "./wait-for.ts";

interface BootOptions {
  readonly id: string;
  /** Takes the console's log. */
  readonly folder: string;
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface BootedTree {
  /** The words before a command that runs it inside, with exactly this environment. */
  enter(environment: Readonly<Record<string, string>>): readonly string[];
  powerOff(): Promise<void>;
}

/** Boots a tree with its own systemd as PID 1 and waits until every unit of the boot is up. */
export async function bootTree(options: BootOptions): Promise<BootedTree> {
  const child = startContainer(options);
  const container = child.pid;
  if (container === undefined) throw new Error("systemd-nspawn does not start");
  await writeContainer(options.folder, container);
  const leader = await waitFor(() => firstProcess(container), { what: "the container's PID 1" });
  const enter: BootedTree["enter"] = (environment) => [
    "nsenter",
    `--target=${leader}`,
    "--all",
    "env",
    "-i",
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
  const inside = enter(options.environment);
  const booted = { enter, powerOff: () => powerOff(child, inside) };
  try {
    await waitRunning(inside, options.folder);
  } catch (error) {
    await booted.powerOff();
    throw error;
  }
  return booted;
}

/** Options of systemd-nspawn that let it work on a host without systemd as its own PID 1. */
export function containerOptions(id: string, root: string): string[] {
  return ["--quiet", `--directory=${root}`, `--machine=${id}`, "--register=no", "--keep-unit"];
}

function startContainer({ id, folder, root }: BootOptions): ChildProcess {
  const console = openSync(join(folder, "console.log"), "a");
  const args = [...containerOptions(id, root), "--boot", "--console=pipe"];
  try {
    return spawn("systemd-nspawn", args, { stdio: ["ignore", console, console] });
  } finally {
    closeSync(console);
  }
}

/** The container's PID 1; systemd-nspawn has other children for a moment while it prepares the tree. */
async function firstProcess(container: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${container}/task/${container}/children`, "utf8").catch(() => "");
  for (const child of children.split(" ").filter((word) => word !== "")) {
    const status = await readFile(`/proc/${child}/status`, "utf8").catch(() => "");
    if (/^NSpid:\t\d+\t1$/m.test(status)) return Number(child);
  }
  return undefined;
}

async function waitRunning(inside: readonly string[], folder: string): Promise<void> {
  const state = await waitFor(
    async () => {
      const answer = await runInside(inside, ["systemctl", "is-system-running", "--wait"]);
      return ["running", "degraded"].includes(answer) ? answer : undefined;
    },
    { what: "systemd inside the machine", seconds: 60 },
  );
  if (state === "running") return;
  const failed = await runInside(inside, ["systemctl", "list-units", "--failed", "--plain", "--no-legend"]);
  const log = await readFile(join(folder, "console.log"), "utf8");
  throw new Error(`The machine booted with failed units:\n${failed}\n${log.slice(-2000)}`);
}

async function runInside(inside: readonly string[], command: readonly string[]): Promise<string> {
  const [file = "", ...args] = [...inside, ...command];
  return (await execa(file, args, { reject: false, stdin: "ignore" })).stdout;
}

async function powerOff(child: ChildProcess, inside: readonly string[]): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  await runInside(inside, ["systemctl", "poweroff"]);
  const inTime = await Promise.race([ended.then(() => true), delay(30_000).then(() => false)]);
  if (inTime) return;
  // systemd-nspawn takes everything inside with it: PID 1 has it as its parent-death signal.
  child.kill("SIGKILL");
  await ended;
}

async function delay(milliseconds: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, milliseconds).unref());
}
