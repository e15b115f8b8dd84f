import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What one run of a command has cost: it and all that it started. */
export interface Sample {
  readonly wallSeconds: number;
  /** User and system. */
  readonly cpuSeconds: number;
  /** The most that all its processes had at once (proportional set size, looked at ten times a second). */
  readonly memoryBytes: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One side of a comparison. */
export interface Contestant {
  readonly name: string;
  /** Before each run, not counted. */
  readonly prepare?: (round: number) => Promise<void>;
  readonly command: Command;
  /** Has a cache of downloads, which a run that is not counted fills. */
  readonly fetches?: boolean;
  /** After each run, not counted: the size of what was made. */
  readonly size?: () => number;
}

export interface Row {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly bytes?: number;
}

/** Runs the contestants in turn, A B C A B C, so that a slow minute of the machine is everyone's. */
export async function alternate(
  contestants: readonly Contestant[],
  runs: number,
  say: (text: string) => void,
): Promise<Row[]> {
  const samples = new Map<string, Sample[]>();
  const sizes = new Map<string, number>();
  for (let round = 1; round <= runs; round++)
    for (const { name, prepare, command, size } of contestants) {
      await prepare?.(round);
      const sample = await measure(command);
      samples.set(name, [...(samples.get(name) ?? []), sample]);
      if (size !== undefined) sizes.set(name, size());
      say(`${name}: run ${round}: ${sample.wallSeconds.toFixed(2)} s, ${sample.cpuSeconds.toFixed(2)} s CPU`);
    }
  return contestants.map(({ name }) => {
    const bytes = sizes.get(name);
    return { name, samples: samples.get(name) ?? [], ...(bytes === undefined ? {} : { bytes }) };
  });
}

/** Runs a command once. What it says is shown when it fails, which is an error. */
export async function measure({ file, args, cwd, env }: Command): Promise<Sample> {
  const log = join(tmpdir(), `venvdeb-bench-${process.pid}.log`);
  const output = openSync(log, "w");
  const before = readChildrenTicks();
  const started = performance.now();
  const child = spawn(file, args, {
    stdio: ["ignore", output, output],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const memory = watchMemory(child.pid ?? 0);
  const [code]: unknown[] = await once(child, "exit");
  const wallSeconds = (performance.now() - started) / 1000;
  const cpuSeconds = (readChildrenTicks() - before) / 100;
  closeSync(output);
  const said = readFileSync(log, "utf8");
  rmSync(log);
  if (code !== 0)
    throw new Error(`${file} ${args.join(" ")} ended with ${String(code)}:\n${said.slice(-4000)}`);
  return { wallSeconds, cpuSeconds, memoryBytes: memory.stop() };
}

/** `cutime` and `cstime` of proc(5): of every child that was waited for, and theirs. */
function readChildrenTicks(): number {
  const text = readFileSync("/proc/self/stat", "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[13]) + Number(fields[14]);
}

function watchMemory(pid: number): { readonly stop: () => number } {
  let most = 0;
  const look = () => {
    most = Math.max(most, memoryOf(pid));
  };
  look();
  const timer = setInterval(look, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** Bytes of a process and all below it; 0 for what has ended. */
function memoryOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
    const own = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
    // Each thread has children of its own.
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1").split(" ").filter(Boolean),
    );
    return children.reduce((sum, child) => sum + memoryOf(Number(child)), own);
  } catch {
    return 0;
  }
}
