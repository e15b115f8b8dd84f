import { join } from "node:path";
import { groupBy } from "../dependencies/group-by.ts";
import { mkdir, pathExists, rm } from "../effects/fs.ts";
import type { PreviousPackage } from "../plan/previous-types.ts";
import { debianPackageName } from "../python/normalize-name.ts";
import { listPackages, type ListedPackage } from "../repository/operations/list.ts";
import type { OpenRepository } from "../repository/publish.ts";
import { writeDescribed } from "../versions/described.ts";
import { describePackage } from "../versions/previous.ts";
import { fetchListed, newestBefore } from "../versions/published.ts";
import type { PublishedState, SyncJob } from "./types.ts";

/**
 * Writes what the suites of a job have before it into a folder, for `build --previous`, and gives the file; nothing at a
 * first publication. A build gets no more than this: it runs code of strangers, and the repository is none of its business.
 * @throws VenvdebError REPO_NO_SUITE, REPO_DAMAGED, and as `readDeb`
 */
export type FindPrevious = (job: SyncJob, folder: string) => Promise<string | undefined>;

/** Of a repository: the newest version before that of the job in each of its suites. Each suite is read once. */
export function previousIn(repository: OpenRepository, state: PublishedState): FindPrevious {
  const namesOf = publishedNames(state);
  const suites = new Map<string, Promise<ByName>>();
  const listedIn = async (suite: string) => {
    const reading = suites.get(suite) ?? listSuite(repository, suite);
    suites.set(suite, reading);
    // What could not be read may be readable for the next job.
    reading.catch(() => suites.delete(suite));
    return await reading;
  };
  return async (job, folder) => {
    const listed = await Promise.all(job.suites.map(listedIn));
    const found = namesOf(job).flatMap((name) => newestOfEach(listed, name, job));
    if (found.length === 0) return undefined;
    await mkdir(folder, { recursive: true });
    const packages: PreviousPackage[] = [];
    for (const one of found) packages.push(await describeListed(repository, one, folder));
    const path = describedPath(folder, job);
    await writeDescribed(path, packages);
    return path;
  };
}

/** Of a folder that `describeForPlan` has filled, maybe on another machine. */
export function previousBelow(folder: string): FindPrevious {
  return async (job) => {
    const path = describedPath(folder, job);
    return (await pathExists(path)) ? path : undefined;
  };
}

/** Where nobody has looked. */
export async function noPrevious(): Promise<undefined> {
  return undefined;
}

type ByName = ReadonlyMap<string, readonly ListedPackage[]>;

async function listSuite(repository: OpenRepository, target: string): Promise<ByName> {
  return groupBy(await listPackages(repository, { target, allVersions: true }), ({ name }) => name);
}

/**
 * What packages of a job may be called. Its project's files say it for sure, and are read in the sandbox only: so what was
 * published from them says it, and where nothing was, the source's own name. The build takes what bears its name.
 */
function publishedNames({ keys }: PublishedState): (job: SyncJob) => readonly string[] {
  const known = new Map<string, Set<string>>();
  for (const { line, source, target, packages } of Object.values(keys))
    for (const place of [line, `${source} ${target}`]) {
      const names = known.get(place) ?? new Set();
      for (const { name } of packages) names.add(name);
      known.set(place, names);
    }
  return ({ line, source, target }) => {
    const names = known.get(line) ?? known.get(`${source} ${target}`);
    return [...(names ?? [debianPackageName(source) ?? ""])];
  };
}

/** One for each suite, but the same package once. */
function newestOfEach(suites: readonly ByName[], name: string, job: SyncJob): readonly ListedPackage[] {
  const wanted = versionAndArchitecture(job);
  const newest = suites.flatMap((suite) => newestBefore(suite.get(name) ?? [], wanted) ?? []);
  return [...new Map(newest.map((one) => [one.filename, one])).values()];
}

/** A project that says its version itself is asked for it by the build. */
function versionAndArchitecture({ version, revision, target }: SyncJob) {
  const architecture = target.split("/")[1] ?? "";
  return version === undefined
    ? { architecture }
    : { architecture, version: `${version.debian}-${revision}` };
}

async function describeListed(
  { storage }: OpenRepository,
  listed: ListedPackage,
  folder: string,
): Promise<PreviousPackage> {
  const path = await fetchListed(storage, listed, folder);
  try {
    return await describePackage(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** The file for a job in a folder of such. */
export function describedPath(folder: string, { key }: Pick<SyncJob, "key">): string {
  return join(folder, `${key}.json`);
}
