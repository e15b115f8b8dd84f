import type { PackageFile } from "../../build-types.ts";
import { exec } from "../../effects/exec.ts";
import type { Host } from "../../effects/host.ts";
import { ownProgram } from "../../effects/program.ts";
import { VenvdebError, type ErrorCode } from "../../errors.ts";
import { watchDisk } from "../../sandbox/disk.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Command, SandboxLimits } from "../../sandbox/types.ts";
import type { SyncJob } from "../types.ts";

export interface BuildRun {
  /** Absolute: the folder of the project. */
  readonly directory: string;
  /** Absolute: the folder for the packages. */
  readonly output: string;
  /** Absolute path of the file for `build --history`. */
  readonly history: string;
  /** Absolute path of the file for `build --previous`; nothing at a first publication. */
  readonly previous: string | undefined;
  /** Absolute: becomes /tmp. */
  readonly temporary: string;
  /** Absolute: what the build must not see. */
  readonly hidden: readonly string[];
  /** Programs that it runs at once. */
  readonly jobs: number;
  readonly host: Host;
  readonly sandbox: Sandbox;
  readonly limits: SandboxLimits;
  readonly onLine: (line: string) => void;
}

/**
 * One `venvdeb build` as a program of its own, in the sandbox and within the limits.
 * @throws VenvdebError what the build says; SYNC_LIMIT when it cost too much; SYNC_BUILD_ENDED when it was ended
 */
export async function runBuild(job: SyncJob, run: BuildRun): Promise<readonly PackageFile[]> {
  const { limits, directory, output, temporary, history, previous } = run;
  const { command, env } = await run.sandbox.wrap(buildCommand(job, run), {
    temporary,
    limits,
    hidden: run.hidden,
    cwd: directory,
    readable: [history, ...(previous === undefined ? [] : [previous])],
    writable: [directory, output],
    backendNetwork: job.buildNetwork ?? false,
  });
  const [program, ...args] = command;
  const disk = watchDisk([temporary, directory, output], limits.disk);
  const started = performance.now();
  try {
    const { exitCode, stdout, stderr } = await exec(program, args, {
      cleanEnv: true,
      env,
      cwd: directory,
      timeoutSeconds: limits.seconds,
      signal: disk.signal,
      onLine: run.onLine,
    });
    if (exitCode === 0) return readReports(stdout);
    if (disk.signal.aborted) throw overLimit(`it wrote more than ${limits.disk} bytes`);
    if (performance.now() - started >= limits.seconds * 1000)
      throw overLimit(`it was not done after ${limits.seconds} seconds`);
    throw failureIn(stderr, exitCode);
  } finally {
    disk.stop();
  }
}

function buildCommand(job: SyncJob, { output, jobs, history, previous, directory }: BuildRun): Command {
  const { target, revision, compression, version } = job;
  const { file, args } = ownProgram();
  return [
    file,
    ...args,
    "build",
    `--output=${output}`,
    `--target=${target}`,
    `--revision=${revision}`,
    `--jobs=${jobs}`,
    `--history=${history}`,
    "--json",
    ...(previous === undefined ? [] : [`--previous=${previous}`]),
    ...(compression === undefined ? [] : [`--compression=${compression}`]),
    ...(version === undefined
      ? []
      : [`--project-version=${version.upstream}`, `--package-version=${version.debian}`]),
    "--",
    directory,
  ];
}

function readReports(stdout: string): readonly PackageFile[] {
  const reports: PackageFile[] = JSON.parse(stdout);
  return reports;
}

function overLimit(what: string): VenvdebError {
  return new VenvdebError("SYNC_LIMIT", `Cannot build: ${what} (wanted: within the limits of the fleet)`, {
    hint: "look into the log of the job; the fleet file raises limits in [build]",
  });
}

/** What a build that is a program of its own has said of its end. */
function failureIn(stderr: string, exitCode: number): VenvdebError {
  const [, message, code = ""] = /^error: ([^]*) \[([A-Z0-9]+_[A-Z0-9_]+)\]$/m.exec(stderr) ?? [];
  if (message !== undefined && isErrorCode(code)) return new VenvdebError(code, message);
  const last = stderr.trim().split("\n").slice(-10).join("\n");
  return new VenvdebError(
    "SYNC_BUILD_ENDED",
    `Cannot build: venvdeb build ended with exit code ${exitCode} and no error of its own (wanted: a package)\n${last}`,
    { hint: "look into the log of the job; a lack of memory is the likely cause" },
  );
}

function isErrorCode(text: string): text is ErrorCode {
  return /^[A-Z0-9]+_[A-Z0-9_]+$/.test(text);
}
