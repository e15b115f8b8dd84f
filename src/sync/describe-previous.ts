import pLimit from "p-limit";
import { rm } from "../effects/fs.ts";
import { failureOf } from "./failure-of.ts";
import { describedPath, type FindPrevious } from "./previous.ts";
import type { Failure, SyncJob, SyncPlan } from "./types.ts";

/**
 * Describes in a folder what the builds of a plan come after, for machines that cannot read the repository. A job whose
 * suite has a package that cannot be read is not built, or it would migrate nothing, and stops no other.
 * @returns the plan without those jobs
 */
export async function describeForPlan(
  plan: SyncPlan,
  findPrevious: FindPrevious,
  folder: string,
): Promise<SyncPlan> {
  const failed = new Map<string, Failure>();
  const limit = pLimit(AT_ONCE);
  const describe = async (job: SyncJob) => {
    try {
      // Of a former plan.
      await rm(describedPath(folder, job), { force: true });
      await findPrevious(job, folder);
    } catch (error) {
      failed.set(job.key, failureOf(error));
    }
  };
  const wanted = plan.jobs.filter(({ action }) => action === "build");
  await Promise.all(wanted.map(async (job) => limit(async () => describe(job))));
  return failed.size === 0 ? plan : without(plan, failed);
}

const AT_ONCE = 4;

function without(plan: SyncPlan, failed: ReadonlyMap<string, Failure>): SyncPlan {
  const withheld = ({ key }: SyncJob) => failed.get(key);
  return {
    ...plan,
    jobs: plan.jobs.map((job) => {
      const failure = withheld(job);
      return failure === undefined
        ? job
        : Object.assign({}, job, { action: "wait", reason: failure.message });
    }),
    publications: plan.publications
      .map(({ suite, keys }) => ({ suite, keys: keys.filter((key) => !failed.has(key)) }))
      .filter(({ keys }) => keys.length > 0),
    failures: [
      ...plan.failures,
      ...plan.jobs.flatMap((job) => {
        const failure = withheld(job);
        return failure === undefined ? [] : [{ source: job.source, ...failure }];
      }),
    ],
  };
}
