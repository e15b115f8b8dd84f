import { describe, expect, it } from "vitest";
import { VenvdebError } from "../../src/errors.ts";
import { backoff } from "../../src/sync/plan-action.ts";
import { createBell, pause, watch } from "../../src/sync/watch.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { thrown } from "../helpers/thrown.ts";

const never = async () => new Promise<void>(() => undefined);

async function wrongSettings(): Promise<never> {
  throw new VenvdebError("CONFIG_INVALID", "wrong", { exitCode: 2 });
}

describe("watching", () => {
  it("goes on after a failure of a whole run, and tells it", async () => {
    const reporter = recordingReporter();
    let runs = 0;
    await watch(
      async () => {
        if (++runs === 1) throw new VenvdebError("S3_UNREACHABLE", "Cannot reach it");
      },
      { interval: 0.001, reporter, woken: never, runs: 3 },
    );
    expect(runs).toBe(3);
    expect(reporter.takeWarnings()).toEqual([{ message: "Cannot reach it [S3_UNREACHABLE]" }]);
  });

  it("ends with wrong settings: no waiting makes them right", async () => {
    const error = await thrown(async () =>
      watch(wrongSettings, { interval: 1, reporter: recordingReporter(), woken: never }),
    );
    expect(error.code).toBe("CONFIG_INVALID");
  });

  it("is woken by a bell, also by one that rang while it ran, once", async () => {
    const bell = createBell();
    let runs = 0;
    const started = performance.now();
    await watch(
      async () => {
        runs++;
        bell.ring();
        bell.ring();
      },
      { interval: 3600, reporter: recordingReporter(), woken: bell.rung, runs: 3 },
    );
    expect([runs, performance.now() - started < 5000]).toEqual([3, true]);
    const later = createBell();
    const waiting = later.rung();
    later.ring();
    await waiting;
  });

  it("pauses are jittered around the interval, and grow up to an hour while runs fail", () => {
    const pauses = Array.from({ length: 500 }, () => pause(300, 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(240_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(360_000);
    expect(new Set(pauses).size).toBeGreaterThan(100);
    expect(pause(300, 2)).toBeGreaterThanOrEqual(960_000);
    expect(pause(300, 50)).toBeLessThanOrEqual(4_320_000);
    expect(pause(7200, 50)).toBeLessThanOrEqual(8_640_000);
  });

  it("a failed job waits longer each time, at most a day", () => {
    expect([1, 2, 3, 100].map(backoff)).toEqual([600, 1200, 2400, 86_400]);
  });
});
