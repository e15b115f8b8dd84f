import { expect, it } from "vitest";
import { VenvdebError } from "../../src/errors.ts";
import { runSteps } from "../../src/rehearse/run-steps.ts";
import { lifeSteps } from "../../src/rehearse/steps.ts";
import type { Subject } from "../../src/rehearse/subject.ts";
import { fail, pass, type RunnableStep, type StepResult } from "../../src/rehearse/types.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";

type ReadyStep = RunnableStep<undefined>;

it("goes on after a check that fails, and skips the rest after an operation that fails", async () => {
  const steps = [
    step("check", () => fail("bad")),
    step("operation", () => pass("good")),
    step("operation", () => fail("worse")),
    step("check", () => pass()),
  ];
  const reports = await runSteps(steps, undefined, recordingReporter());
  expect(reports.map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ["FAIL", "bad"],
    ["PASS", "good"],
    ["FAIL", "worse"],
    ["SKIPPED", '"operation" failed'],
  ]);
});

it("a command that fails on the machine fails its step; any other error is no finding", async () => {
  expect(await failing("REHEARSE_COMMAND_FAILED")).toMatchObject([{ outcome: "FAIL", detail: "lost" }]);
  await expect(failing("TOOL_MISSING")).rejects.toThrow("lost");
});

it("a life with a version before has its upgrade, downgrade and upgrade again", () => {
  const ids = (previous: readonly Subject[]) =>
    lifeSteps([subject("2")], previous)
      .filter(({ kind }) => kind === "operation")
      .map(({ id }) => id);
  const rest = ["reinstall", "remove", "return", "purge", "autoremove"];
  expect(ids([])).toEqual(["install", ...rest]);
  expect(ids([subject("1")])).toEqual(["install", "upgrade", "downgrade", "upgrade-again", ...rest]);
});

function step(kind: ReadyStep["kind"], run: () => StepResult): ReadyStep {
  return { id: kind, title: kind, kind, run: () => Promise.resolve(run()) };
}

async function failing(code: "REHEARSE_COMMAND_FAILED" | "TOOL_MISSING") {
  const lost = throwing(new VenvdebError(code, "lost"));
  return runSteps([lost], undefined, recordingReporter());
}

function throwing(error: Error): ReadyStep {
  const run = async () => {
    throw error;
  };
  return { id: "throws", title: "throws", kind: "check", run };
}

function subject(version: string): Subject {
  const path = `/hello_${version}.deb`;
  return { name: "hello", version, path, files: [], conffiles: new Map(), units: [], initScripts: [] };
}
