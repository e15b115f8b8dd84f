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
import { findSigners, publishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { SuiteView } from "../publication/view.ts";
import type { IndexedPackage, Published } from "../types.ts";
import { refuseOtherBytes } from "./conflicts.ts";
import { assembleEdits } from "./edits.ts";
import { keepObject, restoreObject } from "../keep-object.ts";
import { withPhase } from "./phasing.ts";
import { architecturesFor, parseTarget, type Target } from "./targets.ts";
import { finderFor, listedFiles, type Finder, type ListedFiles } from "./listed-files.ts";
import { viewSuite, type Listed } from "./views.ts";

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
  const known = await listedFiles(
    repository.settings,
    target,
    await viewSuite(repository, target.suite),
    paths.length,
  );
  const placed = await placeAll({ repository, target, known }, paths, options);
  const fresh = placed.filter(({ isListed }) => !isListed);
  await refuseOtherBytes(
    repository,
    target.suite,
    fresh.map(({ listed }) => listed),
  );
  if (options.dryRun !== true) await keepAll(repository, fresh);
  const published = await publishSuite(
    repository,
    target.suite,
    async (view) => assembleEdits(await newIn(view, placed, target, options.phased), []),
    options,
  );
  if (published.outcome === "published") await restoreAll(repository, fresh);
  return published;
}

/** A file of this machine that is in the pool. */
interface Placed {
  readonly file: string;
  readonly listed: IndexedPackage;
  /** By the suite already, so that no collector takes it. */
  readonly isListed: boolean;
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

/** Where packages go, and what is listed there. */
interface Destination {
  readonly repository: OpenRepository;
  readonly target: Target;
  readonly known: ListedFiles;
}

async function placeAll(at: Destination, paths: readonly string[], options: AddOptions): Promise<Placed[]> {
  const { suite, component = suite.components[0] ?? "main" } = at.target;
  const { storage, settings } = at.repository;
  const limit = pLimit(storage.kind === "directory" ? FILES_AT_ONCE : UPLOADS_AT_ONCE);
  const all = new Map<string, Placed>();
  const seen = new Map<string, SeenFile>();
  const admission = {
    jobs: options.jobs,
    contents: settings.contents,
    details: true,
    known: async (sha256: string) => readRecord(storage, sha256),
    isListed: (name: string, sha256: string) => at.known(name, sha256) !== undefined,
  };
  for await (const batch of admitInBatches(paths, admission)) {
    for (const admitted of batch) refuseTwice(admitted);
    const placed = await Promise.all(batch.map(async (admitted) => limit(async () => place(admitted))));
    for (const one of placed) all.set(identityOf(one.listed), one);
    options.onPlaced?.(all.size, paths.length);
  }
  return [...all.values()];

  function refuseTwice(admitted: AdmittedPackage): void {
    architecturesFor(suite, admitted);
    const { file, sha256 } = admitted;
    const former = seen.get(identityOf(admitted));
    if (former !== undefined && former.sha256 !== sha256) throw twice(former, admitted);
    seen.set(identityOf(admitted), { file, sha256 });
  }

  async function place(admitted: AdmittedPackage): Promise<Placed> {
    const { file } = admitted;
    const listed = toIndexedPackage(admitted, { filename: poolPath(component, admitted) });
    const isListed = await isWhole(at, listed);
    if (isListed || options.dryRun === true) return { file, listed, isListed };
    // Nothing is brought there that could not be published then.
    await findSigners(options);
    await placeInPool(storage, listed.filename, admitted);
    return { file, listed, isListed };
  }
}

/** So that many become durable together. */
const FILES_AT_ONCE = 128;
/** Small ones are in memory meanwhile. */
const UPLOADS_AT_ONCE = 16;

/** Whether a package is listed already, and its file is there. */
async function isWhole({ repository, known }: Destination, listed: IndexedPackage): Promise<boolean> {
  const { name, sha256, filename, size } = listed;
  if (known(name, sha256)?.filename !== filename) return false;
  return (await repository.storage.stat(filename))?.size === size;
}

function identityOf({
  name,
  version,
  architecture,
}: Pick<IndexedPackage, "name" | "version" | "architecture">): string {
  return `${name} ${version} ${architecture}`;
}

type SeenFile = Pick<AdmittedPackage, "file" | "sha256">;

function twice(
  former: SeenFile,
  { file, name, version, architecture, sha256 }: AdmittedPackage,
): VenvdebError {
  return new VenvdebError(
    "REPO_VERSION_CONFLICT",
    `Cannot add "${basename(file)}": "${basename(former.file)}" is ${name} ${version} (${architecture}) too, with other bytes: SHA-256 ${former.sha256} and ${sha256} (wanted: one of them)`,
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
  const finders = new Map<string, Finder>();
  for (const architecture of suite.architectures)
    finders.set(architecture, finderFor(await view.index(component, architecture), placed.length));
  for (const { listed: fresh } of placed)
    for (const architecture of architecturesFor(suite, fresh)) {
      const former = finders
        .get(architecture)?.(fresh.name)
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
