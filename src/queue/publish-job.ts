import { join } from "node:path";
import { DelayedError, type Job } from "bullmq";
import pLimit from "p-limit";
import type { Host } from "../effects/host.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import { VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import { openRepository } from "../repository/open.ts";
import type { OpenRepository } from "../repository/publish.ts";
import type { SignerOptions } from "../repository/sign/choose.ts";
import type { Storage } from "../repository/storage/types.ts";
import type { BuiltJob } from "../sync/built.ts";
import { finishSync, signersFor } from "../sync/finish.ts";
import type { Fleet } from "../sync/fleet/types.ts";
import type { SyncPublished } from "../sync/publish.ts";
import { readPublished } from "../sync/published-state.ts";
import type { Publication, PublishedState, SyncPlan } from "../sync/types.ts";
import { parsePublishData, type PublishedReport } from "./job-data.ts";
import { queueFailure } from "./job-failure.ts";
import { buildQueueName, jobLabel } from "./names.ts";
import type { Queues } from "./open.ts";
import type { PlanReader } from "./plan-reader.ts";
import { dropIncoming, fetchIncoming } from "./store.ts";

export interface PublishContext {
  readonly fleet: Fleet;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly queues: Queues;
  readonly store: Storage;
  readonly plans: PlanReader;
  readonly signing: SignerOptions;
  /** What is done when suites have changed. */
  readonly onPublished: (repository: OpenRepository, published: SyncPublished) => Promise<void>;
}

/**
 * Publishes what the builds of a plan have put into the store: each suite once, without what was not built. What is
 * published already stays as it is, so that a publication that comes twice changes nothing.
 */
export async function publishQueued(
  job: Job,
  token: string | undefined,
  context: PublishContext,
): Promise<PublishedReport> {
  try {
    const { plan: digest } = parsePublishData(job.data);
    const plan = await context.plans.read(digest);
    if (await isAwaited(plan, context.queues)) {
      await job.moveToDelayed(Date.now() + LOOK_AGAIN, token);
      throw new DelayedError();
    }
    return await withTempDir(async (folder) => publish(plan, folder, context));
  } catch (error) {
    throw await queueFailure(error);
  }
}

const LOOK_AGAIN = 3000;

/** Whether a build is under way that another plan has brought into the queue: the flow waits for its own builds only. */
async function isAwaited(plan: SyncPlan, queues: Queues): Promise<boolean> {
  const limit = pLimit(AT_ONCE);
  const states = await Promise.all(
    plan.jobs
      .filter(({ action }) => action === "build")
      .map(async ({ target, key }) =>
        limit(async () => queues.queue(buildQueueName(target, plan.tool)).getJobState(key)),
      ),
  );
  return states.some((state) => state !== "completed" && state !== "failed" && state !== "unknown");
}

const AT_ONCE = 8;

async function publish(plan: SyncPlan, folder: string, context: PublishContext): Promise<PublishedReport> {
  const { fleet, host, reporter, signing, store } = context;
  const repository = await openRepository(fleet.repository.url, host);
  const state = await readPublished(repository.storage);
  const rest = { ...plan, publications: unpublished(plan, state) };
  const built = await fetchAll(rest, folder, store);
  const signers = await signersFor(repository, rest, signing, host);
  const { retention } = fleet.repository;
  const published = await finishSync(repository, {
    plan: rest,
    state,
    built,
    retention,
    signers,
    host,
    reporter,
  });
  await context.onPublished(repository, published);
  const missing = missingKeys(rest, published);
  await dropIncoming(store, { done: doneKeys(plan, missing), wanted: missing });
  if (published.failures.length > 0) throw notPublished(published);
  return report(plan, { built, state, missing });
}

/** What another try, or another plan, has listed already is not listed again. */
function unpublished({ publications }: SyncPlan, { keys: known }: PublishedState): Publication[] {
  return publications
    .map(({ suite, keys }) => ({
      suite,
      keys: keys.filter((key) => known[key]?.suites[suite] === undefined),
    }))
    .filter(({ keys }) => keys.length > 0);
}

async function fetchAll(
  { publications }: Pick<SyncPlan, "publications">,
  folder: string,
  store: Storage,
): Promise<Map<string, BuiltJob>> {
  const limit = pLimit(AT_ONCE);
  const wanted = [...new Set(publications.flatMap(({ keys }) => keys))];
  const found = await Promise.all(
    wanted.map(async (key) => limit(async () => fetchIncoming(store, key, join(folder, "built")))),
  );
  return new Map(found.flatMap((each) => (each === undefined ? [] : [[each.key, each] as const])));
}

/** Keys that are not listed wherever they are wanted. */
function missingKeys(
  { publications }: Pick<SyncPlan, "publications">,
  { listed }: SyncPublished,
): Set<string> {
  const there = new Set(listed.map(({ key, suite }) => `${key} ${suite}`));
  return new Set(
    publications.flatMap(({ suite, keys }) => keys.filter((key) => !there.has(`${key} ${suite}`))),
  );
}

/** What is listed wherever it is wanted need not be kept any more. */
function doneKeys({ jobs }: SyncPlan, missing: ReadonlySet<string>): Set<string> {
  return new Set(jobs.map(({ key }) => key).filter((key) => !missing.has(key)));
}

function notPublished({ failures }: SyncPublished): VenvdebError {
  const lines = failures.map(({ suite, message, code }) => `${suite}: ${message} [${code}]`);
  return new VenvdebError(
    "QUEUE_NOT_PUBLISHED",
    `Cannot publish ${failures.length === 1 ? "a suite" : `${failures.length} suites`}: ${lines.join("; ")}`,
    { hint: "what was built is kept; submit again when the cause is gone" },
  );
}

interface Outcome {
  readonly built: ReadonlyMap<string, BuiltJob>;
  /** Before this publication. */
  readonly state: PublishedState;
  readonly missing: ReadonlySet<string>;
}

/** Of the plan as a whole, whichever try has published what of it. */
function report({ jobs, publications }: SyncPlan, { built, state, missing }: Outcome): PublishedReport {
  const there = new Set(publications.flatMap(({ keys }) => keys).filter((key) => !missing.has(key)));
  const packagesOf = (key: string) => (built.get(key) ?? state.keys[key])?.packages.length ?? 0;
  return {
    suites: publications.filter(({ keys }) => keys.some((key) => there.has(key))).map(({ suite }) => suite),
    packages: [...there].reduce((sum, key) => sum + packagesOf(key), 0),
    missing: jobs.filter(({ key }) => missing.has(key)).map(jobLabel),
  };
}
