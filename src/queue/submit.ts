import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { FlowJob, JobsOptions } from "bullmq";
import pLimit from "p-limit";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import type { Storage } from "../repository/storage/types.ts";
import type { Fleet } from "../sync/fleet/types.ts";
import { createSourceOpener } from "../sync/read-sources.ts";
import { surveyFleet } from "../sync/survey.ts";
import type { SyncJob, SyncPlan } from "../sync/types.ts";
import type { BuildData, PublishData } from "./job-data.ts";
import { buildQueueName, jobLabel, publishQueueName } from "./names.ts";
import type { Queues } from "./open.ts";
import { keepPlan, listIncoming } from "./store.ts";

interface SubmitOptions {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly queues: Queues;
  readonly store: Storage;
}

export interface Submission {
  readonly plan: SyncPlan;
  /** Builds that are in the queue now because of this. */
  readonly queued: readonly SyncJob[];
  /** Builds that were in the queue already. */
  readonly shared: readonly SyncJob[];
  /** Identifier of the plan, and of its publication in the queue; nothing where there is nothing to do. */
  readonly id?: string;
}

/**
 * Plans as `sync` does, and puts what is to be done into the queue: a job for each build, and one publication that waits for
 * them all. Submitting again what is under way changes nothing.
 * @throws VenvdebError QUEUE_BUSY, and what `surveyFleet` and storage throw
 */
export async function submitFleet(fleet: Fleet, options: SubmitOptions): Promise<Submission> {
  const { host, reporter, store } = options;
  const built = await listIncoming(store);
  const open = createSourceOpener(host);
  const { plan } = await surveyFleet(fleet, { open, host, reporter, retry: true, built });
  if (plan.publications.length === 0) return { plan, queued: [], shared: [] };
  return await submitPlan(plan, options);
}

/** Puts a plan that has something to do into the queue. */
export async function submitPlan(
  plan: SyncPlan,
  { queues, store }: Pick<SubmitOptions, "queues" | "store">,
): Promise<Submission> {
  const id = await keepPlan(store, plan);
  const wanted = plan.jobs.filter(({ action }) => action === "build");
  return await alone(queues, async () => {
    const publisher = queues.queue(publishQueueName(plan.tool));
    if (!(await makeRoom(publisher, id))) return { plan, id, queued: [], shared: wanted };
    const limit = pLimit(ASKED_AT_ONCE);
    const free = await Promise.all(
      wanted.map(async (job) =>
        limit(async () => makeRoom(queues.queue(buildQueueName(job.target, plan.tool)), job.key)),
      ),
    );
    const queued = wanted.filter((_, index) => free[index] === true);
    await queues.flow().add(flowOf(id, plan, queued));
    return { plan, id, queued, shared: wanted.filter((job) => !queued.includes(job)) };
  });
}

const ASKED_AT_ONCE = 50;

/** Whether a job of this name can be added: one that has ended is taken away, one that is under way stays. */
async function makeRoom(queue: ReturnType<Queues["queue"]>, id: string): Promise<boolean> {
  const state = await queue.getJobState(id);
  if (state === "unknown") return true;
  if (state !== "completed" && state !== "failed") return false;
  await queue.remove(id);
  return true;
}

function flowOf(id: string, plan: SyncPlan, queued: readonly SyncJob[]): FlowJob {
  const names = [...new Set(plan.publications.map(({ suite }) => suite))].join(", ");
  const data: PublishData = { format: 1, plan: id, label: `publish ${names}`.slice(0, 500) };
  const queueName = publishQueueName(plan.tool);
  const opts = { ...JOB_OPTIONS, jobId: id, attempts: 5, backoff: { type: "exponential", delay: 5000 } };
  return {
    name: "publish",
    queueName,
    data,
    opts,
    children: queued.map((job) => buildOf(id, plan, job)),
  };
}

function buildOf(id: string, plan: SyncPlan, job: SyncJob): FlowJob {
  const data: BuildData = { format: 1, plan: id, key: job.key, label: jobLabel(job) };
  return {
    name: "build",
    queueName: buildQueueName(job.target, plan.tool),
    data,
    opts: {
      ...JOB_OPTIONS,
      jobId: job.key,
      attempts: 3,
      backoff: { type: "exponential", delay: 10_000, jitter: 0.5 },
      // The others are published all the same.
      ignoreDependencyOnFailure: true,
    },
  };
}

const DAY = 86_400;
const JOB_OPTIONS = {
  keepLogs: 1000,
  stackTraceLimit: 0,
  sizeLimit: 10_000,
  removeOnComplete: { age: 7 * DAY, count: 10_000 },
  removeOnFail: { age: 14 * DAY, count: 10_000 },
} satisfies JobsOptions;

/** One who submits at a time: whose build a job is must not change while it is asked. */
async function alone<T>({ redis, prefix }: Queues, run: () => Promise<T>): Promise<T> {
  const [name, token] = [`${prefix}:submitting`, randomUUID()];
  for (let tries = 0; (await redis.set(name, token, "PX", 120_000, "NX")) === null; tries++) {
    if (tries === 20) throw busy();
    await setTimeout(500);
  }
  try {
    return await run();
  } finally {
    if ((await redis.get(name)) === token) await redis.del(name);
  }
}

function busy(): VenvdebError {
  return new VenvdebError(
    "QUEUE_BUSY",
    "Cannot submit: another venvdeb submit for this repository is under way (wanted: one at a time)",
    { hint: "wait for it; its lock ends by itself after two minutes" },
  );
}
