import { publicHistory, type BuildHistory } from "../vcs/build-history.ts";
import { changelogChanges } from "../vcs/changelog.ts";
import type { SourceOpener } from "./read-sources.ts";
import type { SyncJob } from "./types.ts";

/** The files of a job's commit, and what its package says of where they are from. */
export interface CheckedOut {
  /** Absolute: the folder of the project. */
  readonly directory: string;
  readonly history: BuildHistory;
}

/** Writes the files of a job's commit to a folder that is not there yet. */
export type CheckOut = (job: SyncJob, directory: string) => Promise<CheckedOut>;

/** Writes the files of jobs to folders. A plan that was made elsewhere may name commits that this machine has not seen. */
export function createCheckOut(open: SourceOpener, options: { readonly isFresh: boolean }): CheckOut {
  const asked = new Map<string, Promise<unknown>>();
  return async (job, folder) => {
    const repository = await open(job);
    if (!options.isFresh) {
      const asking = asked.get(job.url) ?? repository.refs(job);
      asked.set(job.url, asking);
      // What could not be reached may be there for the next try.
      asking.catch(() => asked.delete(job.url));
      await asking;
    }
    const { directory } = await repository.export(job, job.commit, folder);
    const changes = changelogChanges(await repository.log(job, job.since, job.commit));
    return { directory, history: publicHistory(job, job.commit, changes) };
  };
}
