import { randomInt } from "node:crypto";
import type { Reporter } from "../reporter.ts";
import { VenvdebError } from "../errors.ts";

export interface WatchOptions {
  /** Seconds between two runs, in the mean. */
  readonly interval: number;
  readonly reporter: Reporter;
  /** Resolves when somebody asks for a run at once. */
  readonly woken: () => Promise<void>;
  /** After so many runs it ends; absent: never. */
  readonly runs?: number;
}

/**
 * Runs again and again: at irregular times, so that many watchers of one server do not come together, and less often
 * while a run fails as a whole.
 */
export async function watch(
  run: () => Promise<void>,
  { interval, reporter, woken, runs = Infinity }: WatchOptions,
): Promise<void> {
  let failures = 0;
  for (let done = 0; done < runs; done++) {
    if (done > 0) await sleep(pause(interval, failures), woken);
    try {
      await run();
      failures = 0;
    } catch (error) {
      if (!(error instanceof VenvdebError) || error.exitCode === 2) throw error;
      failures++;
      reporter.warning(`${error.message} [${error.code}]`, error.hint);
    }
  }
}

/** Milliseconds: within a fifth of the interval, doubled for each failure up to an hour. */
export function pause(interval: number, failures: number): number {
  const most = Math.max(interval, 3600);
  const base = Math.min(interval * 2 ** Math.min(failures, 12), most) * 1000;
  return Math.round(base * 0.8) + randomInt(Math.max(1, Math.round(base * 0.4)));
}

async function sleep(milliseconds: number, woken: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    }),
    woken(),
  ]);
  clearTimeout(timer);
}

/** One who asks and one who waits: what is asked for while nobody waits is not lost, and not done twice. */
export function createBell(): { readonly ring: () => void; readonly rung: () => Promise<void> } {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      isRung = true;
      wake?.();
    },
    rung: async () => {
      if (!isRung)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      isRung = false;
      wake = undefined;
    },
  };
}
