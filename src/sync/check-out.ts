import type { SourceOpener } from "./read-sources.ts";
import type { SyncJob } from "./types.ts";

/** Writes the files of jobs to folders. A plan that was made elsewhere may name commits that this machine has not seen. */
export function createCheckOut(
  open: SourceOpener,
  options: { readonly isFresh: boolean },
): (job: SyncJob, directory: string) => Promise<string> {
  const asked = new Map<string, Promise<unknown>>();
  return async (job, directory) => {
    const repository = await open(job);
    if (!options.isFresh) {
      const asking = asked.get(job.url) ?? repository.refs(job);
      asked.set(job.url, asking);
      await asking;
    }
    return (await repository.export(job, job.commit, directory)).directory;
  };
}
