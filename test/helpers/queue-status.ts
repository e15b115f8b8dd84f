import type { JobStatus, QueueStatus } from "../../src/queue/status-types.ts";

/** Of the jobs of `STATUS`. */
export const KEY = "a".repeat(64);
/** What anybody may have put into Redis. */
export const EVIL = `<script>alert("x")</script>\u202e`;
const JOB: JobStatus = {
  kind: "build",
  id: KEY,
  label: EVIL,
  target: "debian:bookworm/amd64",
  queued: 1_700_000_000,
  attempts: 1,
};
/** A queue with work, trouble, and nobody who does it. */
export const STATUS: QueueStatus = {
  format: 1,
  repository: "/srv/apt",
  redis: "redis://queue:6379",
  time: 1_700_000_100,
  queues: [
    {
      kind: "build",
      target: "debian:bookworm/amd64",
      tool: "1.0",
      workers: 0,
      waiting: 1,
      running: 1,
      retried: 0,
      failed: 1,
      doneEver: 7,
      failedEver: 2,
    },
  ],
  running: [{ ...JOB, started: 1_700_000_060, worker: EVIL }],
  waiting: [JOB],
  failed: [{ ...JOB, message: `${EVIL} [VCS_UNREACHABLE]`, again: false, ended: 1_700_000_090 }],
  published: [{ id: KEY, time: 1_700_000_050, suites: ["stable"], packages: 3, missing: [EVIL] }],
};
