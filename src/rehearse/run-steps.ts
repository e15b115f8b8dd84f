import { messageOf, VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import { fail, skipped, type RunnableStep, type StepReport, type StepResult } from "./types.ts";

/** Does one step after the other; after an operation that fails the rest is skipped. */
export async function runSteps<Stage>(
  steps: readonly RunnableStep<Stage>[],
  stage: Stage,
  reporter: Reporter,
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  let broken: string | undefined;
  for (const step of steps) {
    const { id, title, kind } = step;
    const started = performance.now();
    const result =
      broken === undefined
        ? await reporter.step(title, () => runStep(step, stage))
        : skipped(`"${broken}" failed`);
    const seconds = Math.round(performance.now() - started) / 1000;
    reports.push({ id, title, ...result, seconds });
    if (result.outcome === "FAIL" && kind === "operation") broken = title;
  }
  return reports;
}

/** A command that fails where none should is the package's doing, such as a purge that took /bin/sh away. */
async function runStep<Stage>(step: RunnableStep<Stage>, stage: Stage): Promise<StepResult> {
  try {
    return await step.run(stage);
  } catch (error) {
    if (error instanceof VenvdebError && error.code === "REHEARSE_COMMAND_FAILED")
      return fail(messageOf(error));
    throw error;
  }
}
