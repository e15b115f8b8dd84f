import { expect, onTestFinished } from "vitest";
import type { Reporter } from "../../src/reporter.ts";

/** What stages said, in order. */
export interface RecordingReporter extends Reporter {
  readonly steps: readonly string[];
  readonly infos: readonly string[];
  /** The warnings so far; having looked at them, the test expects them. */
  takeWarnings(): readonly RecordedWarning[];
}

interface RecordedWarning {
  readonly message: string;
  readonly hint?: string;
}

/** A reporter that keeps what is said, and fails the test on a warning that it does not take. */
export function recordingReporter(): RecordingReporter {
  const steps: string[] = [];
  const infos: string[] = [];
  let warnings: RecordedWarning[] = [];
  onTestFinished(() => {
    expect(warnings, "warnings that the test does not expect").toEqual([]);
  });
  return {
    steps,
    infos,
    takeWarnings: () => {
      const taken = warnings;
      warnings = [];
      return taken;
    },
    step: async (title, run) => {
      steps.push(title);
      return await run(() => {});
    },
    info: (message) => {
      infos.push(message);
    },
    warning: (message, hint) => {
      warnings.push({ message, ...(hint === undefined ? {} : { hint }) });
    },
  };
}
