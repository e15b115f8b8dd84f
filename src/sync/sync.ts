import type { Host } from "../effects/host.ts";
import { withFileLock, type LockFailure } from "../effects/file-lock.ts";
import { mkdir } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import type { OpenRepository } from "../repository/publish.ts";
import type { SignerOptions } from "../repository/sign/choose.ts";
import { dropBuilt, readBuilt } from "./built.ts";
import { createCheckOut } from "./check-out.ts";
import type { Executor, JobResult } from "./execute/types.ts";
import { forgetFailures, keepFailures } from "./failures.ts";
import type { Fleet } from "./fleet/types.ts";
import { syncPlaces } from "./places.ts";
import { refText } from "./plan-action.ts";
import type { SyncPublished } from "./publish.ts";
import { createSourceOpener, type SourceOpener } from "./read-sources.ts";
import { surveyFleet, type Survey } from "./survey.ts";
import type { KeptFailure, SyncJob, SyncPlan } from "./types.ts";

export interface SyncOptions {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly signing: SignerOptions;
  /** Failed jobs are tried again at once, whenever they failed. */
  readonly retry: boolean;
  /** Builds at once; absent: as many as this machine carries. */
  readonly builds?: number;
  /** In the place of this machine's own pool. */
  readonly executor?: Executor;
}

export interface SyncOutcome {
  readonly repository: OpenRepository;
  readonly plan: SyncPlan;
  readonly results: readonly JobResult[];
  /** Of this run, and those whose time to try again has not come. */
  readonly failed: readonly KeptFailure[];
  readonly published: SyncPublished;
  /** Jobs for machines of another release or architecture. */
  readonly foreign: readonly SyncJob[];
}

/**
 * One run: plans, builds what is missing, publishes it. What fails is kept and told, and stops nothing else.
 * @throws VenvdebError SYNC_BUSY when another run for the repository is under way here; what `surveyFleet`, `finishSync`
 *   and `chooseSigners` throw
 */
export async function syncFleet(fleet: Fleet, options: SyncOptions): Promise<SyncOutcome> {
  const places = syncPlaces(fleet.repository.url, options.host);
  await mkdir(places.folder, { recursive: true });
  return await withFileLock(places.lock, { seconds: 1, failure: lockFailure(places.lock) }, async () => {
    const open = createSourceOpener(options.host);
    const survey = await surveyFleet(fleet, { open, ...options });
    return await runPlan(fleet, survey, open, options);
  });
}

async function runPlan(
  fleet: Fleet,
  survey: Survey,
  open: SourceOpener,
  options: SyncOptions,
): Promise<SyncOutcome> {
  const { plan, repository, places, machine } = survey;
  const wanted = plan.jobs.filter(({ action }) => action === "build");
  const isHere = ({ target }: SyncJob) => options.executor !== undefined || target === machine;
  const jobs = wanted.filter(isHere);
  const hasWork = plan.publications.length > 0;
  const done = hasWork ? await work(fleet, jobs, { survey, open }, options) : NOTHING;
  // What a source that was not reached wants is not known.
  if (plan.failures.length === 0)
    await forgetFailures(places, survey.failed, new Set(plan.jobs.map(({ key }) => key)));
  await dropBuilt(places.built, doneKeys(plan, done.published, (await readBuilt(places.built)).keys()));
  const waiting = plan.jobs.filter(({ action }) => action === "wait");
  return {
    repository,
    plan,
    ...done,
    failed: [...done.failed, ...waiting.flatMap(({ key }) => survey.failed.get(key) ?? [])],
    foreign: wanted.filter((job) => !isHere(job)),
  };
}

type Work = Pick<SyncOutcome, "failed" | "published" | "results">;

const NOTHING: Work = { results: [], failed: [], published: { published: [], listed: [], failures: [] } };

/** Builds and publishes. What that needs is loaded only now: mostly there is no work, and a run takes a moment. */
async function work(
  fleet: Fleet,
  jobs: readonly SyncJob[],
  found: { readonly survey: Survey; readonly open: SourceOpener },
  options: SyncOptions,
): Promise<Work> {
  const { plan, repository, places, state, failed: known } = found.survey;
  const { host, reporter, signing } = options;
  const { finishSync, signersFor } = await import("./finish.ts");
  const signers = await signersFor(repository, plan, signing, host);
  const results = await runJobs(fleet, jobs, found, options);
  const failed = await keepFailures(places, results, known, Math.floor(Date.now() / 1000));
  const built = await readBuilt(places.built);
  const { retention } = fleet.repository;
  const published = await finishSync(repository, { plan, state, built, retention, signers, host, reporter });
  return { results, failed, published };
}

async function runJobs(
  fleet: Fleet,
  jobs: readonly SyncJob[],
  { survey, open }: { readonly survey: Survey; readonly open: SourceOpener },
  options: SyncOptions,
): Promise<readonly JobResult[]> {
  if (jobs.length === 0) return [];
  const { reporter, executor } = options;
  const pool = executor ?? (await openPool(fleet, { survey, open }, options));
  const title = jobs.length === 1 ? "Build 1 package" : `Build ${jobs.length} packages`;
  return await reporter.step(title, async (progress) => {
    let done = 0;
    return await pool.run(jobs, {
      onStarted: (job) => progress(jobText(job), done, jobs.length),
      onFinished: (result) => {
        progress(`${jobText(result.job)} ${result.outcome}`, ++done, jobs.length);
        if (result.outcome === "failed") tellFailure(result, reporter);
      },
    });
  });
}

async function openPool(
  { build }: Fleet,
  { survey, open }: { readonly survey: Survey; readonly open: SourceOpener },
  options: SyncOptions,
): Promise<Executor> {
  const [{ openLocalPool }, { previousIn }] = await Promise.all([
    import("./execute/open-local.ts"),
    import("./previous.ts"),
  ]);
  const { places, repository, state } = survey;
  const checkOut = createCheckOut(open, { isFresh: true });
  return await openLocalPool(build, {
    ...options,
    places,
    checkOut,
    findPrevious: previousIn(repository, state),
  });
}

export function tellFailure(
  { job, failure, log }: Extract<JobResult, { outcome: "failed" }>,
  reporter: Reporter,
): void {
  reporter.warning(`${jobText(job)} failed: ${failure.message} [${failure.code}]`, `its whole log: ${log}`);
}

/** `billing (branch main, debian:bookworm/amd64)`. */
export function jobText({ source, refs, target }: SyncJob): string {
  return `${source} (${refs.map(refText).join(", ")}, ${target})`;
}

/** What is published wherever it is wanted, and what nothing wants any more, need not be kept here. */
function doneKeys(
  { jobs, publications, failures }: SyncPlan,
  { listed }: SyncPublished,
  built: Iterable<string>,
): string[] {
  const wanted = new Set(jobs.map(({ key }) => key));
  const isListed = (key: string, suite: string) =>
    listed.some((each) => each.key === key && each.suite === suite);
  return [...built].filter((key) =>
    wanted.has(key)
      ? publications.every(({ suite, keys }) => !keys.includes(key) || isListed(key, suite))
      : failures.length === 0,
  );
}

function lockFailure(lock: string) {
  return (why: LockFailure, said: string): VenvdebError =>
    new VenvdebError(
      "SYNC_BUSY",
      `Cannot sync: ${why === "taken" ? "another run for this repository is under way" : said} (wanted: one at a time)`,
      { hint: `look who has ${lock} (fuser -v), or wait for it` },
    );
}
