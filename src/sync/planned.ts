import { resolve } from "node:path";
import { z } from "zod";
import type { Host } from "../effects/host.ts";
import { readFile } from "../effects/fs.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import { openRepository } from "../repository/open.ts";
import type { OpenRepository } from "../repository/publish.ts";
import type { SignerOptions } from "../repository/sign/choose.ts";
import { readBuilt } from "./built.ts";
import { createCheckOut } from "./check-out.ts";
import { openLocalPool } from "./execute/open-local.ts";
import type { JobResult } from "./execute/types.ts";
import { finishSync, signersFor } from "./finish.ts";
import type { BuildSettings, Fleet } from "./fleet/types.ts";
import { syncPlaces } from "./places.ts";
import { noPrevious, previousBelow } from "./previous.ts";
import type { SyncPublished } from "./publish.ts";
import { readPublished } from "./published-state.ts";
import { createSourceOpener } from "./read-sources.ts";
import type { SyncJob, SyncPlan } from "./types.ts";

const text = z.string();
/** What is used of a plan that comes from a file; the rest goes along as it is. */
const planSchema = z.looseObject({
  format: z.literal(1),
  tool: text,
  repository: text,
  jobs: z.array(
    z.looseObject({
      key: z.string().regex(/^[0-9a-f]{64}$/),
      kind: z.enum(["git", "hg", "svn"]),
      url: text,
      commit: z.string().regex(/^(?!-)/),
      action: z.enum(["build", "publish", "none", "wait"]),
      suites: z.array(text),
    }),
  ),
  publications: z.array(z.object({ suite: text, keys: z.array(text) })),
  failures: z.array(z.looseObject({})),
});

/**
 * Reads a plan that `sync --plan json` has printed.
 * @throws VenvdebError SYNC_BAD_PLAN
 */
export async function readPlan(path: string, cwd: string): Promise<SyncPlan> {
  const content = await readFile(resolve(cwd, path), "utf8").catch((error: unknown) => {
    throw badPlan(path, messageOf(error), error);
  });
  return parsePlan(path, content);
}

/**
 * A plan from its text; `path` is for messages.
 * @throws VenvdebError SYNC_BAD_PLAN
 */
export function parsePlan(path: string, content: string): SyncPlan {
  const checked = planSchema.safeParse(parseJson(content));
  if (!checked.success)
    throw badPlan(path, `it is not what --plan json prints: ${z.prettifyError(checked.error)}`);
  const plan: SyncPlan = JSON.parse(content);
  return plan;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function badPlan(path: string, problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError("SYNC_BAD_PLAN", `Cannot use the plan "${path}": ${problem}`, {
    exitCode: 2,
    cause,
    hint: "venvdeb sync fleet.toml --plan json > plan.json",
  });
}

interface BuildPlanned {
  readonly host: Host;
  readonly reporter: Reporter;
  /** Keys, or what they begin with. */
  readonly keys: readonly string[];
  /** Absolute; each job's packages are below its key. */
  readonly output: string;
  /** Absolute: what `describeForPlan` has written; nothing: nobody has. */
  readonly previous?: string;
  readonly build: BuildSettings;
  readonly builds?: number;
}

/**
 * Builds some jobs of a plan into a folder, and publishes nothing: needs neither the repository nor its keys.
 * @throws VenvdebError SYNC_NO_JOB
 */
export async function buildPlanned(
  plan: SyncPlan,
  { host, reporter, keys, output, previous, builds, build }: BuildPlanned,
): Promise<readonly JobResult[]> {
  const jobs = keys.map((key) => findJob(plan, key));
  const places = { ...syncPlaces(plan.repository, host), built: output };
  const checkOut = createCheckOut(createSourceOpener(host), { isFresh: false });
  const findPrevious = previous === undefined ? noPrevious : previousBelow(previous);
  if (previous === undefined && jobs.some(({ since }) => since !== undefined))
    reporter.warning(NO_PREVIOUS, NO_PREVIOUS_HINT);
  const limits = builds === undefined ? {} : { builds };
  const executor = await openLocalPool(build, { places, checkOut, findPrevious, host, reporter, ...limits });
  return await reporter.step(`Build ${jobs.length} of ${plan.jobs.length} jobs`, async (progress) => {
    let done = 0;
    return await executor.run(jobs, {
      onFinished: ({ job, outcome }) => progress(`${job.source} ${outcome}`, ++done, jobs.length),
    });
  });
}

const NO_PREVIOUS = "packages are built that do not migrate what the versions before them leave behind";
const NO_PREVIOUS_HINT = "sync --plan json --previous FOLDER describes those; then give it here too";

function findJob({ jobs }: SyncPlan, key: string): SyncJob {
  const found = jobs.filter((job) => job.key.startsWith(key));
  if (found[0] !== undefined && found.length === 1 && key.length >= 8) return found[0];
  throw new VenvdebError(
    "SYNC_NO_JOB",
    `Cannot build the job "${key}": the plan has ${found.length} of that key (wanted: a key of the plan, at least its first 8 digits)`,
    { exitCode: 2, hint: "venvdeb sync fleet.toml --explain lists the jobs" },
  );
}

interface PublishPlanned {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly signing: SignerOptions;
  /** Absolute: what `buildPlanned` has made, of all machines. */
  readonly incoming: string;
}

export interface PlannedPublished {
  readonly repository: OpenRepository;
  readonly published: SyncPublished;
  /** Jobs to be built of which no packages came. */
  readonly missing: readonly SyncJob[];
}

/** Publishes what came of the jobs of a plan: the last job of a pipeline, the only one that has the keys. */
export async function publishPlanned(
  fleet: Fleet,
  plan: SyncPlan,
  { host, reporter, signing, incoming }: PublishPlanned,
): Promise<PlannedPublished> {
  const repository = await openRepository(fleet.repository.url, host);
  const built = await readBuilt(incoming);
  const [state, signers] = await Promise.all([
    readPublished(repository.storage),
    signersFor(repository, plan, signing, host),
  ]);
  const { retention } = fleet.repository;
  const published = await finishSync(repository, { plan, state, built, retention, signers, host, reporter });
  const missing = plan.jobs.filter(({ action, key }) => action === "build" && !built.has(key));
  return { repository, published, missing };
}
