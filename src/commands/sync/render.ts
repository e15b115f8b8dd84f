import type { Reporter } from "../../reporter.ts";
import { refText } from "../../sync/plan-action.ts";
import type { SyncPublished } from "../../sync/publish.ts";
import { jobText, type SyncOutcome } from "../../sync/sync.ts";
import type { SyncPlan } from "../../sync/types.ts";
import { plainPublished, renderPublished } from "../repo/render-published.ts";

/** A paragraph for each job: what is done, and why. */
export function renderExplanation({ jobs, failures }: SyncPlan): string {
  const lines = jobs.map((job) => {
    const { key, action, reason, suites, version, revision } = job;
    const what = version === undefined ? "" : ` ${version.debian}-${revision}`;
    return `${action.padEnd(7)} ${key.slice(0, 12)} ${jobText(job)}${what} -> ${suites.join(", ")}\n        ${reason}\n`;
  });
  const problems = failures.map(
    ({ source, ref, message, code }) =>
      `failed  ${source}${ref === undefined ? "" : ` (${refText(ref)})`}\n        ${message} [${code}]\n`,
  );
  return [...lines, ...problems].join("");
}

/** What has changed in the suites; nothing where nothing has. */
export function publishedLines({ published }: SyncPublished): string {
  return published
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(renderPublished)
    .join("");
}

/** Says what needs somebody's attention, and how it went. Gives whether all is well. */
export function tellOutcome(outcome: SyncOutcome, reporter: Reporter): boolean {
  const { plan, results, failed, published, foreign } = outcome;
  for (const { source, ref, message, code } of plan.failures)
    reporter.warning(`${source}${ref === undefined ? "" : ` (${refText(ref)})`}: ${message} [${code}]`);
  const isOfThisRun = (key: string) => results.some(({ job }) => job.key === key);
  for (const { key, source, refs, message, code, log } of failed)
    if (!isOfThisRun(key))
      reporter.warning(
        `${source} (${refs.map(refText).join(", ")}) still fails: ${message} [${code}]`,
        `its whole log: ${log}`,
      );
  for (const { suite, message, code } of published.failures)
    reporter.warning(`${suite} was not published: ${message} [${code}]`);
  if (foreign.length > 0)
    reporter.warning(
      `${foreign.length} jobs are for other machines: ${[...new Set(foreign.map(({ target }) => target))].join(", ")}`,
      "run venvdeb sync there too, or let CI build them: venvdeb ci github fleet.toml",
    );
  reporter.info(summary(outcome));
  return plan.failures.length + failed.length + published.failures.length === 0;
}

function summary({ plan, results, failed, published }: SyncOutcome): string {
  const built = results.filter(({ outcome }) => outcome === "built").length;
  const suites = published.published.filter(({ outcome }) => outcome === "published");
  if (results.length === 0 && suites.length === 0 && failed.length === 0)
    return `Nothing to do: ${counted(plan.jobs.length, "job")} published already.`;
  return `${built} built, ${failed.length} failed, ${counted(new Set(suites.map(({ suite }) => suite)).size, "suite")} published, ${counted(plan.jobs.length, "job")} in all.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function outcomeJson(outcome: SyncOutcome): string {
  const { plan, results, failed, published, foreign } = outcome;
  const result = {
    repository: plan.repository,
    built: results.flatMap((each) =>
      each.outcome === "built"
        ? [
            {
              key: each.job.key,
              source: each.job.source,
              commit: each.job.commit,
              seconds: each.seconds,
              packages: each.packages.map((one) => ({ ...one.package, sha256: one.sha256 })),
            },
          ]
        : [],
    ),
    failed,
    sources: plan.failures,
    published: published.published.map(plainPublished),
    unpublished: published.failures,
    foreign: foreign.map(({ key, source, target }) => ({ key, source, target })),
    jobs: plan.jobs.length,
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
