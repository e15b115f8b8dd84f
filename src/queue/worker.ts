import { randomUUID } from "node:crypto";
import type { Job, Worker } from "bullmq";
import type { Host } from "../effects/host.ts";
import { availableMemory } from "../effects/memory.ts";
import { onFirstSignal } from "../effects/signals.ts";
import { readToolVersion } from "../effects/tool-version.ts";
import type { Reporter } from "../reporter.ts";
import { openRepository } from "../repository/open.ts";
import { chooseSigners } from "../repository/sign/choose.ts";
import type { Storage } from "../repository/storage/types.ts";
import { openSandbox } from "../sandbox/sandbox.ts";
import { createCheckOut, type CheckOut } from "../sync/check-out.ts";
import { buildsAtOnce, createLocalExecutor } from "../sync/execute/local.ts";
import { buildHost } from "../sync/fleet/build-host.ts";
import type { Fleet } from "../sync/fleet/types.ts";
import { previousIn, type FindPrevious } from "../sync/previous.ts";
import { readPublished } from "../sync/published-state.ts";
import { createSourceOpener } from "../sync/read-sources.ts";
import { machineTarget } from "../sync/survey.ts";
import { buildQueued, type BuildContext } from "./build-job.ts";
import { buildQueueName, publishQueueName } from "./names.ts";
import type { Queues } from "./open.ts";
import { createPlanReader } from "./plan-reader.ts";
import { publishQueued, type PublishContext } from "./publish-job.ts";

export interface RunWorker {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly queues: Queues;
  readonly store: Storage;
  /** Builds at once; absent: as many as cores and memory carry; 0: none. */
  readonly builds?: number;
  /** Seconds after which the jobs of a worker that says nothing are another one's. */
  readonly lease: number;
  /** Publishes too, and signs so; nothing: only builds. */
  readonly publishes?: Pick<PublishContext, "signing" | "onPublished">;
}

/**
 * Takes jobs from the queues of a fleet until the first signal, and ends when those that it has are done. Killed, its
 * jobs are another worker's when their lease is over.
 * @throws VenvdebError SYNC_NO_SANDBOX, and what `chooseSigners` and `openRepository` throw
 */
export async function runWorker(fleet: Fleet, options: RunWorker): Promise<void> {
  const { host, queues, lease, publishes, reporter } = options;
  const name = `${host.hostName}#${randomUUID().slice(0, 8)}`;
  const limits = { name, lockDuration: lease * 1000, stalledInterval: Math.max(1000, lease * 500) };
  const tool = readToolVersion();
  const builds = options.builds ?? buildsAtOnce(host.cores, availableMemory());
  const workers: Worker[] = [];
  if (builds > 0) {
    const context = await buildContext(fleet, name, builds, options);
    const queue = buildQueueName(context.machine, tool);
    const run = async (job: Job) => buildQueued(job, context);
    workers.push(tellJobs(queues.worker(queue, run, { ...limits, concurrency: builds }), reporter));
    reporter.info(`Building for ${context.machine}, ${builds} at once, as ${name}`);
  }
  if (publishes !== undefined) {
    const context = await publishContext(fleet, publishes, options);
    const run = async (job: Job, token?: string) => publishQueued(job, token, context);
    workers.push(
      tellJobs(queues.worker(publishQueueName(tool), run, { ...limits, concurrency: 1 }), reporter),
    );
    reporter.info(`Publishing to ${context.fleet.repository.url}, as ${name}`);
  }
  await runUntilSignal(workers, reporter);
}

async function buildContext(
  fleet: Fleet,
  worker: string,
  builds: number,
  { host: machineHost, reporter, store }: RunWorker,
): Promise<BuildContext> {
  const { sandbox: mode, limits } = fleet.build;
  const host = buildHost(machineHost, fleet.build);
  const [machine, sandbox] = await Promise.all([machineTarget(host), openSandbox(mode, host)]);
  for (const lack of sandbox.lacks)
    reporter.warning(`sandbox: ${lack}`, "docs/how-to/sync.md says what each machine can do");
  const checkOutOf = createCheckOuts(host);
  const findPreviousOf = createFinders(fleet, host);
  const share = { ...host, cores: Math.max(1, Math.floor(host.cores / builds)) };
  return {
    store,
    machine,
    worker,
    plans: createPlanReader(store, fleet.repository.url),
    builder: (plan, places) =>
      createLocalExecutor({
        places,
        checkOut: checkOutOf(plan),
        findPrevious: findPreviousOf(plan),
        host: share,
        sandbox,
        limits,
        builds: 1,
      }),
  };
}

/** Each repository is asked once for a plan: it has all commits that the plan names. */
function createCheckOuts(host: Host): (plan: string) => CheckOut {
  return ofEachPlan(() => createCheckOut(createSourceOpener(host), { isFresh: false }));
}

/** The repository is looked at once for a plan, when its first build asks. */
function createFinders({ repository: { url } }: Fleet, host: Host): (plan: string) => FindPrevious {
  return ofEachPlan(() => {
    let opening: Promise<FindPrevious> | undefined;
    return async (job, folder) => {
      opening ??= openFinder(url, host);
      // What could not be reached may be there for the next try.
      opening.catch(() => (opening = undefined));
      return await (
        await opening
      )(job, folder);
    };
  });
}

async function openFinder(url: string, host: Host): Promise<FindPrevious> {
  const repository = await openRepository(url, host);
  return previousIn(repository, await readPublished(repository.storage));
}

function ofEachPlan<T>(make: () => T): (plan: string) => T {
  const known = new Map<string, T>();
  return (plan) => {
    const one = known.get(plan) ?? make();
    known.set(plan, one);
    for (const old of [...known.keys()].slice(0, -2)) known.delete(old);
    return one;
  };
}

/** Asks for the keys at once: a publisher without them is none. */
async function publishContext(
  fleet: Fleet,
  publishes: NonNullable<RunWorker["publishes"]>,
  { host, reporter, queues, store }: RunWorker,
): Promise<PublishContext> {
  const { settings } = await openRepository(fleet.repository.url, host);
  await chooseSigners(settings.keys, publishes.signing, host);
  const plans = createPlanReader(store, fleet.repository.url);
  return { fleet, host, reporter, queues, store, plans, ...publishes };
}

function tellJobs(worker: Worker, reporter: Reporter): Worker {
  worker.on("active", (job) => reporter.info(`begun: ${label(job)}`));
  worker.on("completed", (job) => reporter.info(`done: ${label(job)}`));
  worker.on("failed", (job, error) => reporter.warning(`failed: ${label(job)}: ${error.message}`));
  worker.on("stalled", (id) => reporter.info(`taken over from a worker that is silent: ${id.slice(0, 12)}`));
  return worker;
}

function label(job: Job | undefined): string {
  return String(job?.data?.label ?? "a job").slice(0, 200);
}

async function runUntilSignal(workers: readonly Worker[], reporter: Reporter): Promise<void> {
  const stopped = new Promise<void>((resolve) =>
    onFirstSignal(() => {
      reporter.info("Stopping: no new job; another signal ends those that run, for another worker to take");
      resolve(Promise.all(workers.map(async (worker) => worker.close())).then(() => undefined));
    }),
  );
  const running = workers.map(async (worker) => worker.run());
  await Promise.race([stopped, Promise.all(running).then(async () => stopped)]);
}
