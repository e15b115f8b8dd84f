import type { PublishedReport } from "../../queue/job-data.ts";
import type { Submission } from "../../queue/submit.ts";
import type { Reporter } from "../../reporter.ts";
import { refText } from "../../sync/plan-action.ts";

/** Says what went into the queue, and what could not be asked. Gives whether all is well. */
export function tellSubmission({ plan, queued, shared, id }: Submission, reporter: Reporter): boolean {
  for (const { source, ref, message, code } of plan.failures)
    reporter.warning(`${source}${ref === undefined ? "" : ` (${refText(ref)})`}: ${message} [${code}]`);
  const under = shared.length === 0 ? "" : `, ${shared.length} in the queue already`;
  reporter.info(
    id === undefined
      ? `Nothing to do: ${plan.jobs.length} jobs are published already.`
      : `${queued.length} builds queued${under}, ${plan.jobs.length} jobs in all.`,
  );
  return plan.failures.length === 0;
}

/** Says which builds brought nothing. Gives whether there were none. */
export function tellMissing(report: PublishedReport | undefined, reporter: Reporter): boolean {
  for (const label of report?.missing ?? [])
    reporter.warning(`${label} was not built`, "venvdeb status fleet.toml tells why");
  return (report?.missing ?? []).length === 0;
}

/** The suites that have changed, a line each, or everything as JSON. */
export function submissionText(
  { plan, queued, shared, id }: Submission,
  report: PublishedReport | undefined,
  json: boolean,
): string {
  if (!json) return (report?.suites ?? []).map((suite) => `${suite}\n`).join("");
  const result = {
    repository: plan.repository,
    id,
    queued: queued.map(nameOf),
    shared: shared.map(nameOf),
    sources: plan.failures,
    jobs: plan.jobs.length,
    ...(report === undefined ? {} : { published: report }),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}

function nameOf({ key, source, target }: Submission["queued"][number]) {
  return { key, source, target };
}
