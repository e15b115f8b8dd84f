import { VenvdebError } from "../../errors.ts";
import {
  byHashPath,
  detachedPath,
  history,
  historyPath,
  readHead,
  suiteFolder,
  type Head,
} from "../heads.ts";
import { readIndex } from "../index/read.ts";
import { recordPath } from "../package-record.ts";
import type { OpenRepository } from "../publish.ts";
import type { ReleaseEntry, Retention, Suite } from "../types.ts";

/** What the releases that are kept name, and the heads that they were found from. */
export interface Reachable {
  readonly paths: ReadonlySet<string>;
  /** SHA-256 of the head's InRelease by the suite's name. */
  readonly heads: ReadonlyMap<string, string>;
}

/**
 * Every object that a release that is kept needs: of each suite the head, the newest of its history, and those that were
 * the head within the grace.
 * @throws VenvdebError REPO_DAMAGED when a head or what it names is not whole: then nothing may be judged
 */
export async function markReachable(
  repository: OpenRepository,
  suites: readonly Suite[],
  now: Date,
): Promise<Reachable> {
  const paths = new Set<string>();
  const heads = new Map<string, string>();
  const seen = new Set<string>();
  for (const suite of suites) {
    const head = await readHead(repository.storage, repository.settings, suite);
    if (head === undefined) continue;
    heads.set(suite.name, head.sha256);
    for await (const release of keptReleases(repository, suite, head, now))
      await markRelease(repository, release, { paths, seen, isHead: release === head });
  }
  return { paths, heads };
}

/** Whether each head is still the one that was marked from. */
export async function sameHeads(
  { storage, settings }: OpenRepository,
  suites: readonly Suite[],
  { heads }: Reachable,
): Promise<boolean> {
  for (const suite of suites) {
    const head = await readHead(storage, settings, suite);
    if (head?.sha256 !== heads.get(suite.name)) return false;
  }
  return true;
}

/** The suites of the settings, and those that were once: their clients go on reading them. */
export async function publishedSuites({ storage, settings }: OpenRepository): Promise<readonly Suite[]> {
  const suites = new Map(settings.suites.map((suite) => [suite.name, suite]));
  if (settings.layout === "flat") return settings.suites;
  for await (const { path } of storage.list("dists/")) {
    const name = /^dists\/([^/]+)\/InRelease$/.exec(path)?.[1];
    if (name !== undefined && !suites.has(name))
      suites.set(name, { name, codename: name, components: [], architectures: [] });
  }
  return [...suites.values()];
}

async function* keptReleases(
  { storage, settings }: OpenRepository,
  suite: Suite,
  head: Head,
  now: Date,
): AsyncGenerator<Head> {
  let superseded: Date | undefined;
  let count = 0;
  for await (const release of history(storage, suite, head)) {
    if (!isKept(count, superseded, now, settings.retention)) return;
    yield release;
    superseded = release.release.date;
    count++;
  }
}

/** By its place, 0 the head, and by when the next one took its place. */
export function isKept(
  place: number,
  superseded: Date | undefined,
  now: Date,
  { releases, graceHours }: Retention,
): boolean {
  if (place < Math.max(3, releases) || superseded === undefined) return true;
  return now.getTime() - superseded.getTime() < graceHours * 3_600_000;
}

interface Marks {
  readonly paths: Set<string>;
  /** Indexes that were read already, by their hash. */
  readonly seen: Set<string>;
  readonly isHead: boolean;
}

async function markRelease(
  { storage, settings }: OpenRepository,
  { suite, release, id, sha256 }: Head,
  { paths, seen, isHead }: Marks,
): Promise<void> {
  const folder = suiteFolder(settings, suite);
  paths.add(historyPath(suite, id, sha256));
  paths.add(detachedPath(suite, id, sha256));
  for (const entry of release.entries) {
    paths.add(`${folder}${byHashPath(entry)}`);
    if (!isPlainIndex(entry) || seen.has(entry.sha256)) continue;
    seen.add(entry.sha256);
    try {
      for (const { filename, sha256: hash } of (
        await readIndex(storage, folder, entry.path, release.entries)
      ).packages()) {
        paths.add(filename);
        paths.add(recordPath(hash));
        paths.add(`venvdeb/packages/${hash}.cdx.json`);
      }
    } catch (error) {
      // A former release was kept for less long, and some of it has been collected.
      if (isHead || !(error instanceof VenvdebError)) throw error;
    }
  }
}

export function isPlainIndex({ path }: ReleaseEntry): boolean {
  return path === "Packages" || path.endsWith("/Packages");
}
