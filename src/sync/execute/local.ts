import { join } from "node:path";
import pLimit from "p-limit";
import type { PackageFile } from "../../build-types.ts";
import { withFullDiskError } from "../../deb/disk-full.ts";
import type { Host } from "../../effects/host.ts";
import { mkdir, open, type FileHandle } from "../../effects/fs.ts";
import { availableMemory } from "../../effects/memory.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { SandboxLimits } from "../../sandbox/types.ts";
import { keepBuilt } from "../built.ts";
import type { CheckOut } from "../check-out.ts";
import { failureOf } from "../failure-of.ts";
import { writeJson } from "../json-file.ts";
import type { SyncPlaces } from "../places.ts";
import type { FindPrevious } from "../previous.ts";
import type { SyncJob } from "../types.ts";
import { runBuild } from "./run-build.ts";
import type { Executor, ExecutorHooks, JobResult } from "./types.ts";

export interface LocalOptions {
  readonly places: Pick<SyncPlaces, "built" | "folder" | "logs">;
  readonly checkOut: CheckOut;
  readonly findPrevious: FindPrevious;
  readonly host: Host;
  readonly sandbox: Sandbox;
  /** Of each build. */
  readonly limits: SandboxLimits;
  /** Builds at once; absent: as many as cores and memory carry. */
  readonly builds?: number;
}

/**
 * Builds on this machine: each job is a `venvdeb build` of its own, in a sandbox, so that none can bring down the others,
 * and its whole output is in its log.
 */
export function createLocalExecutor(options: LocalOptions): Executor {
  const { cores } = options.host;
  const builds = options.builds ?? buildsAtOnce(cores, availableMemory());
  const jobs = Math.max(1, Math.floor(cores / builds));
  return {
    run: async (planned, hooks) => {
      await mkdir(options.places.logs, { recursive: true });
      const limit = pLimit(builds);
      return await Promise.all(
        planned.map(async (job) =>
          limit(async () => {
            hooks.onStarted?.(job);
            const result = await runJob(job, jobs, options, hooks);
            hooks.onFinished?.(result);
            return result;
          }),
        ),
      );
    },
  };
}

/** Unpacking and compressing the environment of a large application takes about this much. */
const BYTES_A_BUILD = 1.5 * 2 ** 30;

export function buildsAtOnce(cores: number, memory: number): number {
  return Math.max(1, Math.min(cores, Math.floor(memory / BYTES_A_BUILD)));
}

async function runJob(
  job: SyncJob,
  jobs: number,
  options: LocalOptions,
  { onLine }: ExecutorHooks,
): Promise<JobResult> {
  const started = performance.now();
  const path = join(options.places.logs, `${job.key}.log`);
  const log = await open(path, "w", 0o600);
  const seconds = () => Math.round(performance.now() - started) / 1000;
  try {
    const packages = await withTempDir(async (scratch) =>
      buildJob(job, { scratch, jobs, log, onLine: (line) => onLine?.(job, line) }, options),
    );
    return { outcome: "built", job, packages, seconds: seconds() };
  } catch (error) {
    const failure = failureOf(error);
    await log.appendFile(`${failure.message} [${failure.code}]\n`);
    return { outcome: "failed", job, failure, log: path, seconds: seconds() };
  } finally {
    await log.close();
  }
}

interface JobPlace {
  readonly scratch: string;
  readonly jobs: number;
  readonly log: FileHandle;
  readonly onLine: (line: string) => void;
}

async function buildJob(
  job: SyncJob,
  { scratch, jobs, log, onLine }: JobPlace,
  { checkOut, findPrevious, places, host, sandbox, limits }: LocalOptions,
): Promise<readonly PackageFile[]> {
  const { directory, previous } = await withFullDiskError(scratch, async () => {
    const { directory: source, history } = await checkOut(job, join(scratch, "source"));
    await writeJson(scratch, HISTORY, history);
    return { directory: source, previous: await findPrevious(job, join(scratch, "previous")) };
  });
  const lines: Promise<void>[] = [];
  return await keepBuilt(places.built, job, async (output) => {
    try {
      return await runBuild(job, {
        directory,
        output,
        jobs,
        host,
        sandbox,
        limits,
        history: join(scratch, HISTORY),
        previous,
        temporary: join(scratch, "tmp"),
        hidden: [places.folder],
        onLine: (line) => {
          lines.push(log.appendFile(`${line}\n`));
          onLine(line);
        },
      });
    } finally {
      await Promise.all(lines);
    }
  });
}

const HISTORY = "history.json";
