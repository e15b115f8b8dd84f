import { join } from "node:path";
import type { Job } from "bullmq";
import { readToolVersion } from "../effects/tool-version.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import { VenvdebError } from "../errors.ts";
import type { Storage } from "../repository/storage/types.ts";
import type { Executor } from "../sync/execute/types.ts";
import type { SyncPlaces } from "../sync/places.ts";
import type { SyncJob } from "../sync/types.ts";
import { parseBuildData, type BuildData } from "./job-data.ts";
import { failureError, queueFailure } from "./job-failure.ts";
import { createLogStream } from "./log-stream.ts";
import type { PlanReader } from "./plan-reader.ts";
import { hasIncoming, keepIncoming, keepLog } from "./store.ts";

export interface BuildContext {
  readonly store: Storage;
  readonly plans: PlanReader;
  /** `debian:bookworm/amd64`. */
  readonly machine: string;
  /** For people. */
  readonly worker: string;
  /** A builder for a plan, by its digest, with folders of its own. */
  readonly builder: (plan: string, places: Pick<SyncPlaces, "built" | "folder" | "logs">) => Executor;
}

/** Builds what a job of the queue names, and puts it into the store. A job that comes twice is built once. */
export async function buildQueued(job: Job, context: BuildContext): Promise<"built" | "known"> {
  try {
    const data = parseBuildData(job.data);
    const planned = await findPlanned(job, data, context);
    if (await hasIncoming(context.store, planned.key)) return "known";
    await job.updateProgress({ worker: context.worker });
    return await withTempDir(async (folder) => build(job, { planned, plan: data.plan, folder }, context));
  } catch (error) {
    throw await queueFailure(error);
  }
}

/** @throws VenvdebError QUEUE_OTHER_PLAN, and what a `PlanReader` throws */
async function findPlanned(
  { id }: Job,
  { plan: digest, key }: BuildData,
  { plans, machine }: BuildContext,
): Promise<SyncJob> {
  const plan = await plans.read(digest);
  const planned = plan.jobs.find((each) => each.key === key);
  const problem =
    planned === undefined || planned.action !== "build" || id !== key
      ? `the plan has no build ${key.slice(0, 12)}`
      : planned.target !== machine
        ? `it is for ${planned.target}, and this is ${machine}`
        : plan.tool !== readToolVersion()
          ? `it is for venvdeb ${plan.tool}`
          : undefined;
  if (planned !== undefined && problem === undefined) return planned;
  throw new VenvdebError("QUEUE_OTHER_PLAN", `Cannot take a job of the queue: ${problem}`, {
    hint: "submit it again; see who else writes to this Redis",
  });
}

async function build(
  job: Job,
  { planned, plan, folder }: { readonly planned: SyncJob; readonly plan: string; readonly folder: string },
  { store, builder, worker }: BuildContext,
): Promise<"built"> {
  const places = { folder, built: join(folder, "built"), logs: join(folder, "logs") };
  const stream = createLogStream(async (text) => job.log(text));
  stream.line(`${worker}, try ${job.attemptsMade + 1}`);
  const [result] = await builder(plan, places).run([planned], { onLine: (_, line) => stream.line(line) });
  await stream.end();
  if (result === undefined) throw new Error("a builder gave nothing");
  await keepLog(store, planned.key, join(places.logs, `${planned.key}.log`));
  if (result.outcome === "failed") throw failureError(result.failure);
  await keepIncoming(store, planned.key, result.packages);
  return "built";
}
