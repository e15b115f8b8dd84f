import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { timeSteps } from "../../src/effects/step-timings.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";

it("keeps what each step has cost, in the order of their starts, and hands everything on", async () => {
  const recording = recordingReporter();
  const { reporter, timings } = timeSteps(recording);
  const result = await reporter.step("outer", async () => {
    await reporter.step("inner", () => setTimeout(50));
    return 7;
  });
  reporter.info("said");
  reporter.warning("odd", "do");
  expect(result).toBe(7);
  expect([recording.steps, recording.infos]).toEqual([["outer", "inner"], ["said"]]);
  expect(recording.takeWarnings()).toEqual([{ message: "odd", hint: "do" }]);
  const { steps, rest, wallSeconds } = timings();
  expect(steps.map(({ title }) => title)).toEqual(["outer", "inner"]);
  const [outer, inner] = steps.map((step) => step.wallSeconds);
  expect(inner).toBeGreaterThan(0.045);
  expect(outer).toBeGreaterThanOrEqual(inner ?? 0);
  expect(rest.wallSeconds).toBeLessThanOrEqual(wallSeconds);
});

it("tells our own processor time from that of programs", async () => {
  const { reporter, timings } = timeSteps(recordingReporter());
  await reporter.step("ours", () => {
    const end = performance.now() + 100;
    while (performance.now() < end);
    return Promise.resolve();
  });
  await reporter.step("theirs", async () => {
    await promisify(execFile)("python3", ["-c", "sum(range(20_000_000))"]);
  });
  const [ours, theirs] = timings().steps;
  expect(ours?.ownCpuSeconds).toBeGreaterThan(0);
  expect(ours?.programsCpuSeconds).toBe(0);
  expect(theirs?.programsCpuSeconds).toBeGreaterThan(0.1);
  expect(theirs?.ownCpuSeconds).toBeLessThan(theirs?.programsCpuSeconds ?? 0);
});

it("counts the time of steps at the same time once, and the time between steps as the rest", async () => {
  const { reporter, timings } = timeSteps(recordingReporter());
  const wait = (title: string) => reporter.step(title, () => setTimeout(60));
  await Promise.all([wait("one"), wait("other")]);
  await setTimeout(60);
  await wait("last");
  const { rest, wallSeconds } = timings();
  expect(rest.wallSeconds).toBeGreaterThan(0.05);
  expect(wallSeconds - rest.wallSeconds).toBeGreaterThan(0.11);
});

it("keeps the cost of a step that fails", async () => {
  const { reporter, timings } = timeSteps(recordingReporter());
  await expect(reporter.step("bad", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(timings().steps).toMatchObject([{ title: "bad" }]);
});
