import type { PublishedReport } from "./job-data.ts";

/** What is going on in the queues of one fleet. Texts are from Redis: to be shown, never to be acted upon. */
export interface QueueStatus {
  readonly format: 1;
  readonly repository: string;
  /** Without what gets in. */
  readonly redis: string;
  /** Seconds since 1970, as all times here. */
  readonly time: number;
  readonly queues: readonly QueueCounts[];
  readonly running: readonly JobStatus[];
  /** The first ones. */
  readonly waiting: readonly JobStatus[];
  /** Those that are not tried again, the latest first; and those that are. */
  readonly failed: readonly FailedJob[];
  /** The latest first. */
  readonly published: readonly PublishedPlan[];
}

export interface QueueCounts {
  readonly kind: "build" | "publish";
  /** `debian:bookworm/amd64`; nothing for publications. */
  readonly target: string;
  /** Version of venvdeb. */
  readonly tool: string;
  readonly workers: number;
  /** Among them publications that wait for builds. */
  readonly waiting: number;
  readonly running: number;
  /** Failed, and tried again later. */
  readonly retried: number;
  readonly failed: number;
  /** Of all time. */
  readonly doneEver: number;
  readonly failedEver: number;
}

export interface JobStatus {
  readonly kind: "build" | "publish";
  /** Key of the build, or digest of the plan. */
  readonly id: string;
  readonly label: string;
  readonly target: string;
  /** When it was queued. */
  readonly queued: number;
  readonly started?: number;
  /** Who has it. */
  readonly worker?: string;
  readonly attempts: number;
}

export interface FailedJob extends JobStatus {
  readonly message: string;
  /** When it failed last; nothing while that is not known. */
  readonly ended?: number;
  /** It is tried again. */
  readonly again: boolean;
}

export interface PublishedPlan extends PublishedReport {
  readonly id: string;
  readonly time: number;
}
