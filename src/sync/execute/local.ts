import { join } from "node:path";
import pLimit from "p-limit";
import type { BuildReport } from "../../build-types.ts";
import { exec } from "../../effects/exec.ts";
import { mkdir, open, type FileHandle } from "../../effects/fs.ts";
import { availableMemory } from "../../effects/memory.ts";
import { ownProgram } from "../../effects/program.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import { VenvdebError, type ErrorCode } from "../../errors.ts";
import { keepBuilt } from "../built.ts";
import type { CheckOut } from "../check-out.ts";
import { writeJson } from "../json-file.ts";
import type { SyncPlaces } from "../places.ts";
import { failureOf } from "../failure-of.ts";
import type { SyncJob } from "../types.ts";
import type { Executor, JobResult } from "./types.ts";

export interface LocalOptions {
  readonly places: Pick<SyncPlaces, "built" | "logs">;
  readonly checkOut: CheckOut;
  readonly cores: number;
  /** Builds at once; absent: as many as cores and memory carry. */
  readonly builds?: number;
  /** After which a build is ended. Default: two hours. */
  readonly timeoutSeconds?: number;
}

/**
 * Builds on this machine: each job is a `venvdeb build` of its own, so that none can bring down the others, and its whole
 * output is in its log.
 */
export function createLocalExecutor(options: LocalOptions): Executor {
  const builds = options.builds ?? buildsAtOnce(options.cores, availableMemory());
  const jobs = Math.max(1, Math.floor(options.cores / builds));
  return {
    run: async (planned, { onStarted, onFinished }) => {
      await mkdir(options.places.logs, { recursive: true });
      const limit = pLimit(builds);
      return await Promise.all(
        planned.map(async (job) =>
          limit(async () => {
            onStarted?.(job);
            const result = await runJob(job, jobs, options);
            onFinished?.(result);
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

async function runJob(job: SyncJob, jobs: number, options: LocalOptions): Promise<JobResult> {
  const started = performance.now();
  const path = join(options.places.logs, `${job.key}.log`);
  const log = await open(path, "w", 0o600);
  const seconds = () => Math.round(performance.now() - started) / 1000;
  try {
    const packages = await withTempDir(async (scratch) => {
      const { directory, history } = await options.checkOut(job, join(scratch, "source"));
      await writeJson(scratch, HISTORY, history);
      return await keepBuilt(options.places.built, job, async (output) =>
        build(job, directory, { output, jobs, log, history: join(scratch, HISTORY), ...options }),
      );
    });
    return { outcome: "built", job, packages, seconds: seconds() };
  } catch (error) {
    const failure = failureOf(error);
    await log.appendFile(`${failure.message} [${failure.code}]\n`);
    return { outcome: "failed", job, failure, log: path, seconds: seconds() };
  } finally {
    await log.close();
  }
}

const HISTORY = "history.json";

interface Building extends LocalOptions {
  readonly output: string;
  /** Absolute path of the file for `build --history`. */
  readonly history: string;
  readonly jobs: number;
  readonly log: FileHandle;
}

async function build(job: SyncJob, directory: string, building: Building): Promise<readonly BuildReport[]> {
  const { file, args } = ownProgram();
  const { log, timeoutSeconds = 7200 } = building;
  const lines: Promise<void>[] = [];
  const { exitCode, stdout, stderr } = await exec(
    file,
    [...args, ...buildArguments(job, directory, building)],
    {
      timeoutSeconds,
      // A time or place that the user's shell has must not come into the package.
      env: { SOURCE_DATE_EPOCH: undefined, CI: "1", NO_COLOR: "1" },
      onLine: (line) => void lines.push(log.appendFile(`${line}\n`)),
    },
  );
  await Promise.all(lines);
  if (exitCode !== 0) throw failureIn(stderr, exitCode);
  const reports: BuildReport[] = JSON.parse(stdout);
  return reports;
}

function buildArguments(job: SyncJob, directory: string, { output, jobs, history }: Building): string[] {
  const { target, revision, compression, version } = job;
  return [
    "build",
    `--output=${output}`,
    `--target=${target}`,
    `--revision=${revision}`,
    `--jobs=${jobs}`,
    `--history=${history}`,
    "--json",
    ...(compression === undefined ? [] : [`--compression=${compression}`]),
    ...(version === undefined
      ? []
      : [`--project-version=${version.upstream}`, `--package-version=${version.debian}`]),
    "--",
    directory,
  ];
}

/** What a build that is a program of its own has said of its end. */
function failureIn(stderr: string, exitCode: number): VenvdebError {
  const [, message, code = ""] = /^error: ([^]*) \[([A-Z0-9]+_[A-Z0-9_]+)\]$/m.exec(stderr) ?? [];
  if (message !== undefined && isErrorCode(code)) return new VenvdebError(code, message);
  const last = stderr.trim().split("\n").slice(-10).join("\n");
  return new VenvdebError(
    "SYNC_BUILD_ENDED",
    `Cannot build: venvdeb build ended with exit code ${exitCode} and no error of its own (wanted: a package)\n${last}`,
    { hint: "look into the log of the job" },
  );
}

function isErrorCode(text: string): text is ErrorCode {
  return /^[A-Z0-9]+_[A-Z0-9_]+$/.test(text);
}
