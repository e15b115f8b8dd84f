import type { PackageFile } from "../../build-types.ts";
import type { Failure, SyncJob } from "../types.ts";

/**
 * What builds the jobs of a plan: a local pool (local.ts), or workers behind a queue. The packages of a job are below
 * its key in the store of what was built, so that an executor that lives elsewhere puts them there too, and a job that is
 * delivered twice costs time only.
 */
export interface Executor {
  /** Runs every job; a failed one stops no other. Never throws for a job. */
  run(jobs: readonly SyncJob[], hooks: ExecutorHooks): Promise<readonly JobResult[]>;
}

export interface ExecutorHooks {
  readonly onStarted?: (job: SyncJob) => void;
  readonly onFinished?: (result: JobResult) => void;
  /** Each line that a build says, as it comes, without secrets; the log has them too. */
  readonly onLine?: (job: SyncJob, line: string) => void;
}

export type JobResult = JobBuilt | JobFailed;

export interface JobBuilt {
  readonly outcome: "built";
  readonly job: SyncJob;
  /** Of this machine, whatever machine built them. */
  readonly packages: readonly PackageFile[];
  readonly seconds: number;
}

export interface JobFailed {
  readonly outcome: "failed";
  readonly job: SyncJob;
  readonly failure: Failure;
  /** Absolute path of its output. */
  readonly log: string;
  readonly seconds: number;
}
