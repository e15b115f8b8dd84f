import { basename, join, resolve } from "node:path";
import pLimit from "p-limit";
import { readdir, stat } from "../../effects/fs.ts";
import { messageOf, VenvdebError } from "../../errors.ts";
import { admitInBatches } from "../admission/admit.ts";
import { toIndexedPackage } from "../admission/index-stanza.ts";
import type { AdmittedPackage } from "../admission/types.ts";
import { readRecord } from "../package-record.ts";
import { placeInPool } from "../pool-file.ts";
import { poolPath } from "../pool-path.ts";
import { publishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { SuiteView } from "../publication/view.ts";
import type { IndexedPackage, Published } from "../types.ts";
import { refuseOtherBytes } from "./conflicts.ts";
import { assembleEdits } from "./edits.ts";
import { keepObject, restoreObject } from "../keep-object.ts";
import { withPhase } from "./phasing.ts";
import { architecturesFor, parseTarget, type Target } from "./targets.ts";
import type { Listed } from "./views.ts";

export interface AddOptions extends PublishOptions {
  /** `SUITE` or `SUITE/COMPONENT`; the suite's first component where none is named. */
  readonly target: string;
  /** Packages, and folders of which every `*.deb` is meant. */
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Which part of the machines is offered them, in percent. */
  readonly phased?: number;
  readonly jobs: number;
  /** Called with the number of packages that are in the pool, of how many. */
  readonly onPlaced?: (done: number, total: number) => void;
}

/**
 * Adds packages to a suite. What is listed there already stays as it is.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_COMPONENT, REPO_NO_ARCHITECTURE, REPO_NO_FILES, REPO_VERSION_CONFLICT,
 * REPO_BAD_PERCENTAGE, and what `admitPackages` and `publishSuite` throw
 */
export async function addPackages(repository: OpenRepository, options: AddOptions): Promise<Published> {
  const target = parseTarget(repository.settings, options.target);
  const paths = await findPackages(options.cwd, options.paths);
  const placed = await placeAll(repository, target, paths, options);
  await refuseOtherBytes(
    repository,
    target.suite,
    placed.map(({ listed }) => listed),
  );
  if (options.dryRun !== true) await keepAll(repository, placed);
  const published = await publishSuite(
    repository,
    target.suite,
    async (view) => assembleEdits(await newIn(view, placed, target, options.phased), []),
    options,
  );
  if (published.outcome === "published") await restoreAll(repository, placed);
  return published;
}

/** A file of this machine that is in the pool. */
interface Placed {
  readonly file: string;
  readonly listed: IndexedPackage;
}

/** @throws VenvdebError REPO_NO_FILES */
export async function findPackages(cwd: string, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => packagesAt(resolve(cwd, path), path)));
  return [...new Set(found.flat())];
}

async function packagesAt(path: string, typed: string): Promise<string[]> {
  const names = await namesIn(path, typed);
  if (names === undefined) return [path];
  const packages = names.filter((name) => name.endsWith(".deb")).toSorted();
  if (packages.length === 0) throw noFiles(typed, "the folder has no file *.deb");
  return packages.map((name) => join(path, name));
}

async function namesIn(path: string, typed: string): Promise<string[] | undefined> {
  try {
    return (await stat(path)).isDirectory() ? await readdir(path) : undefined;
  } catch (error) {
    throw noFiles(typed, isMissing(error) ? "it is not there" : messageOf(error), error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function noFiles(typed: string, problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError("REPO_NO_FILES", `Cannot add "${typed}": ${problem} (wanted: .deb files)`, {
    hint: "venvdeb build prints the path of what it has made",
    cause,
  });
}

async function placeAll(
  { storage, settings }: OpenRepository,
  { suite, component = suite.components[0] ?? "main" }: Target,
  paths: readonly string[],
  { jobs, dryRun, onPlaced }: AddOptions,
): Promise<Placed[]> {
  const limit = pLimit(jobs);
  const all = new Map<string, Placed>();
  const admission = {
    jobs,
    contents: settings.contents,
    details: true,
    known: async (sha256: string) => readRecord(storage, sha256),
  };
  for await (const batch of admitInBatches(paths, admission)) {
    for (const admitted of batch) note(admitted);
    const place = async (admitted: AdmittedPackage) =>
      dryRun === true ? undefined : placeInPool(storage, poolPath(component, admitted), admitted);
    await Promise.all(batch.map(async (admitted) => limit(async () => place(admitted))));
    onPlaced?.(all.size, paths.length);
  }
  return [...all.values()];

  function note(admitted: AdmittedPackage): void {
    architecturesFor(suite, admitted);
    const listed = toIndexedPackage(admitted, { filename: poolPath(component, admitted) });
    const former = all.get(identityOf(listed));
    if (former !== undefined && former.listed.sha256 !== listed.sha256) throw twice(former, admitted);
    all.set(identityOf(listed), { file: admitted.file, listed });
  }
}

function identityOf({ name, version, architecture }: IndexedPackage): string {
  return `${name} ${version} ${architecture}`;
}

function twice(former: Placed, { file, name, version, architecture, sha256 }: AdmittedPackage): VenvdebError {
  return new VenvdebError(
    "REPO_VERSION_CONFLICT",
    `Cannot add "${basename(file)}": "${basename(former.file)}" is ${name} ${version} (${architecture}) too, with other bytes: SHA-256 ${former.listed.sha256} and ${sha256} (wanted: one of them)`,
    { hint: "give each build a version of its own" },
  );
}

/** Without a percentage of its own, what is listed already keeps the one it has. */
async function newIn(
  view: SuiteView,
  placed: readonly Placed[],
  { suite, component = suite.components[0] ?? "main" }: Target,
  phased: number | undefined,
): Promise<Listed[]> {
  const added: Listed[] = [];
  for (const { listed: fresh } of placed)
    for (const architecture of architecturesFor(suite, fresh)) {
      const index = await view.index(component, architecture);
      const former = index
        .find(fresh.name)
        .find((each) => identityOf(each) === identityOf(fresh) && each.sha256 === fresh.sha256);
      if (former !== undefined && phased === undefined) continue;
      const listed = phased === undefined ? fresh : withPhase(former ?? fresh, phased);
      added.push({ index: { component, architecture }, listed });
    }
  return added;
}

async function keepAll({ storage, settings }: OpenRepository, placed: readonly Placed[]): Promise<void> {
  const limit = pLimit(16);
  const { graceHours } = settings.retention;
  await Promise.all(
    placed.map(async ({ file, listed }) =>
      limit(async () => keepObject(storage, listed.filename, { file }, graceHours)),
    ),
  );
}

async function restoreAll({ storage }: OpenRepository, placed: readonly Placed[]): Promise<void> {
  const limit = pLimit(16);
  await Promise.all(
    placed.map(async ({ file, listed }) =>
      limit(async () => restoreObject(storage, listed.filename, { file })),
    ),
  );
}
