import { resolve } from "node:path";
import type { Fleet } from "../../sync/fleet/types.ts";
import { buildPlanned, publishPlanned, readPlan } from "../../sync/planned.ts";
import { jobText, tellFailure } from "../../sync/sync.ts";
import { signerOptions } from "../repo/signing.ts";
import type { CommandContext } from "../types.ts";
import { publishedLines } from "./render.ts";
import { afterPublishing, type SyncValues } from "./run.ts";

/** What a job of a pipeline does. */
export async function runFromPlan(
  fleet: Fleet,
  path: string,
  values: SyncValues,
  context: CommandContext,
): Promise<0 | 1> {
  const { host, reporter } = context;
  const plan = await readPlan(path, host.cwd);
  const { job: keys, builds } = values;
  if (values.publish === undefined) {
    const output = resolve(host.cwd, values.output);
    const results = await buildPlanned(plan, {
      host,
      reporter,
      keys,
      output,
      build: fleet.build,
      ...(values.previous === undefined ? {} : { previous: resolve(host.cwd, values.previous) }),
      ...(builds === undefined ? {} : { builds }),
    });
    for (const result of results)
      if (result.outcome === "failed") tellFailure(result, reporter);
      else for (const each of result.packages) context.write(`${each.path}\n`);
    return results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
  }
  const incoming = resolve(host.cwd, values.publish);
  const signing = signerOptions(values);
  const done = await publishPlanned(fleet, plan, { host, reporter, signing, incoming });
  await afterPublishing(done.repository, done.published, context);
  context.write(publishedLines(done.published));
  for (const { suite, message, code } of done.published.failures)
    reporter.warning(`${suite} was not published: ${message} [${code}]`);
  for (const each of done.missing) reporter.warning(`${jobText(each)} brought no package`);
  for (const { source, message, code } of plan.failures) reporter.warning(`${source}: ${message} [${code}]`);
  return done.missing.length + done.published.failures.length + plan.failures.length === 0 ? 0 : 1;
}
