import { readFileSync } from "node:fs";
import process from "node:process";
import type { Progress, Reporter } from "../reporter.ts";

/** Where the time of a piece of work went. */
export interface Timings extends Cost {
  /** In the order of their starts. Steps that run at the same time, or within each other, each have the whole cost. */
  readonly steps: readonly StepTiming[];
  /** Between the steps. */
  readonly rest: Cost;
}

export interface StepTiming extends Cost {
  readonly title: string;
}

/** Seconds by the clock, and of the processors: for this process, and for the programs that it has waited for. */
export interface Cost {
  readonly wallSeconds: number;
  readonly ownCpuSeconds: number;
  readonly programsCpuSeconds: number;
}

/** Says everything to `reporter`, and keeps what each step has cost; `timings` gives that, counted from now. */
export function timeSteps(reporter: Reporter): {
  readonly reporter: Reporter;
  readonly timings: () => Timings;
} {
  const begin = readClocks();
  const steps: { readonly title: string; cost: Cost }[] = [];
  let covered = NOTHING;
  let running = 0;
  let covering = begin;
  const step = async <T>(title: string, run: (progress: Progress) => Promise<T>): Promise<T> => {
    const start = readClocks();
    const entry = { title, cost: NOTHING };
    steps.push(entry);
    if (running === 0) covering = start;
    running += 1;
    try {
      return await reporter.step(title, run);
    } finally {
      const end = readClocks();
      entry.cost = subtract(end, start);
      running -= 1;
      if (running === 0) covered = add(covered, subtract(end, covering));
    }
  };
  return {
    reporter: {
      step,
      info: (message) => reporter.info(message),
      warning: (message, hint) => reporter.warning(message, hint),
    },
    timings: () => {
      const whole = subtract(readClocks(), begin);
      const named = steps.map(({ title, cost }) => Object.assign({ title }, rounded(cost)));
      return { ...rounded(whole), steps: named, rest: rounded(subtract(whole, covered)) };
    },
  };
}

const NOTHING: Cost = { wallSeconds: 0, ownCpuSeconds: 0, programsCpuSeconds: 0 };

function readClocks(): Cost {
  const { user, system } = process.cpuUsage();
  return {
    wallSeconds: performance.now() / 1000,
    ownCpuSeconds: (user + system) / 1e6,
    programsCpuSeconds: readChildrenTicks() / TICKS_PER_SECOND,
  };
}

/** The unit of times in /proc is the same for every program on Linux, whatever the kernel's own (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Node tells of its own processor time only. `cutime` and `cstime` follow the name, which may hold blanks. */
function readChildrenTicks(): number {
  const text = readFileSync("/proc/self/stat", "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[13]) + Number(fields[14]);
}

function add(left: Cost, right: Cost): Cost {
  return combine(left, right, (a, b) => a + b);
}

function subtract(left: Cost, right: Cost): Cost {
  return combine(left, right, (a, b) => Math.max(0, a - b));
}

function combine(left: Cost, right: Cost, by: (a: number, b: number) => number): Cost {
  return {
    wallSeconds: by(left.wallSeconds, right.wallSeconds),
    ownCpuSeconds: by(left.ownCpuSeconds, right.ownCpuSeconds),
    programsCpuSeconds: by(left.programsCpuSeconds, right.programsCpuSeconds),
  };
}

/** To the millisecond. */
function rounded(cost: Cost): Cost {
  return combine(cost, NOTHING, (seconds) => Math.round(seconds * 1000) / 1000);
}
