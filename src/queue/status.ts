import type { Job, JobType, Queue } from "bullmq";
import type { Storage } from "../repository/storage/types.ts";
import { parseReport } from "./job-data.ts";
import { readQueueName } from "./names.ts";
import type { Queues } from "./open.ts";
import { readLog } from "./store.ts";
import type { FailedJob, JobStatus, PublishedPlan, QueueCounts, QueueStatus } from "./status-types.ts";

type QueueName = NonNullable<ReturnType<typeof readQueueName>>;

interface Known extends QueueName {
  readonly queue: Queue;
}

/** Asks the queues of a fleet, of whatever version of venvdeb. */
export async function readStatus(queues: Queues, repository: string, now = Date.now()): Promise<QueueStatus> {
  const all = await findQueues(queues);
  const parts = await Promise.all(all.map(readQueue));
  const every = <T>(pick: (part: QueuePart) => readonly T[]) => parts.flatMap(pick).slice(0, MOST_SHOWN * 2);
  return {
    format: 1,
    repository,
    redis: queues.address.shown,
    time: seconds(now),
    queues: parts.map(({ counts }) => counts),
    running: every(({ running }) => running),
    waiting: every(({ waiting }) => waiting),
    failed: every(({ failed }) => failed).toSorted((a, b) => (b.ended ?? 0) - (a.ended ?? 0)),
    published: every(({ published }) => published).toSorted((a, b) => b.time - a.time),
  };
}

const MOST_SHOWN = 100;

/** The queues that somebody has used, builds first. */
async function findQueues({ redis, prefix, queue }: Queues): Promise<Known[]> {
  const found = new Set<string>();
  for (let cursor = "0", first = true; first || cursor !== "0"; first = false) {
    const [next, keys] = await redis.scan(cursor, "MATCH", `${prefix}:*:meta`, "COUNT", 1000);
    for (const key of keys) found.add(key.slice(prefix.length + 1, -":meta".length));
    cursor = next;
  }
  return [...found].toSorted().flatMap((name) => {
    const said = readQueueName(name);
    return said === undefined ? [] : [{ ...said, queue: queue(name) }];
  });
}

interface QueuePart {
  readonly counts: QueueCounts;
  readonly running: readonly JobStatus[];
  readonly waiting: readonly JobStatus[];
  readonly failed: readonly FailedJob[];
  readonly published: readonly PublishedPlan[];
}

async function readQueue(known: Known): Promise<QueuePart> {
  const { queue, kind } = known;
  const last = MOST_SHOWN - 1;
  const jobs = async (...states: JobType[]) => {
    const found: (Job | null | undefined)[] = await queue.getJobs(states, 0, last, states[0] === "waiting");
    // One that has just gone is nothing.
    return found.filter((job) => job !== null && job !== undefined);
  };
  const [counts, running, waiting, failed, retried, completed] = await Promise.all([
    readCounts(known),
    jobs("active"),
    jobs("waiting", "prioritized", "waiting-children"),
    jobs("failed"),
    jobs("delayed"),
    kind === "publish" ? jobs("completed") : [],
  ]);
  const later = retried.filter(({ failedReason }) => failedReason);
  return {
    counts,
    running: running.map((job) => describeJob(job, known)),
    waiting: [...waiting, ...retried.filter((job) => !later.includes(job))].map((job) =>
      describeJob(job, known),
    ),
    failed: [
      ...failed.map((job) => describeFailed(job, known, false)),
      ...later.map((job) => describeFailed(job, known, true)),
    ],
    published: completed.flatMap(describePublished),
  };
}

async function readCounts({ queue, kind, target, tool }: Known): Promise<QueueCounts> {
  const [counts, workers, done, failed] = await Promise.all([
    queue.getJobCounts("waiting", "prioritized", "waiting-children", "active", "delayed", "failed"),
    queue.getWorkersCount(),
    queue.getMetrics("completed", 0, 0),
    queue.getMetrics("failed", 0, 0),
  ]);
  const count = (state: string) => counts[state] ?? 0;
  return {
    kind,
    target,
    tool,
    workers,
    waiting: count("waiting") + count("prioritized") + count("waiting-children"),
    running: count("active"),
    retried: count("delayed"),
    failed: count("failed"),
    doneEver: done.meta.count,
    failedEver: failed.meta.count,
  };
}

function describeJob(job: Job, { kind, target }: QueueName): JobStatus {
  const { id = "", timestamp, processedOn, attemptsMade } = job;
  const progress: unknown = job.progress;
  const worker = textIn(progress, "worker", 200);
  return {
    kind,
    target,
    id: /^[0-9a-f]{64}$/.test(id) ? id : "",
    label: textIn(job.data, "label", 500) ?? "(not a job of venvdeb)",
    queued: seconds(timestamp),
    attempts: attemptsMade,
    ...(processedOn === undefined ? {} : { started: seconds(processedOn) }),
    ...(worker === undefined ? {} : { worker }),
  };
}

function describeFailed(job: Job, name: QueueName, again: boolean): FailedJob {
  const ended = job.finishedOn ?? job.processedOn;
  return {
    ...describeJob(job, name),
    message: textIn(job, "failedReason", 5000) ?? "",
    again,
    ...(ended === undefined ? {} : { ended: seconds(ended) }),
  };
}

function describePublished({ id = "", returnvalue, finishedOn }: Job): PublishedPlan[] {
  const report = parseReport(returnvalue);
  return report === undefined || finishedOn === undefined
    ? []
    : [{ ...report, id, time: seconds(finishedOn) }];
}

/** The data may be anybody's. */
function textIn(value: unknown, name: string, longest: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const text: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof text === "string" ? text.slice(0, longest) : undefined;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** What a build has said: while it runs, as it comes; later, all of it. */
export async function readJobLog(queues: Queues, store: Storage, key: string): Promise<string | undefined> {
  for (const { kind, queue } of await findQueues(queues)) {
    if (kind !== "build") continue;
    const state = await queue.getJobState(key);
    if (state === "unknown") continue;
    const kept = state === "active" ? undefined : await readLog(store, key);
    if (kept !== undefined) return kept;
    const { logs } = await queue.getJobLogs(key, 0, -1);
    if (logs.length > 0) return `${logs.join("\n")}\n`;
  }
  return await readLog(store, key);
}
