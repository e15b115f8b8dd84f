import pLimit from "p-limit";
import type { OpenRepository } from "../publish.ts";
import type { ListedObject } from "../storage/types.ts";
import { markReachable, publishedSuites, sameHeads, type Reachable } from "./reachable.ts";

export interface Collected {
  /** What was, or would be, deleted. */
  readonly paths: readonly string[];
  readonly bytes: number;
}

export interface CollectOptions {
  /** Deletes nothing. */
  readonly dryRun?: boolean;
}

/**
 * Deletes what no release that is kept names, once it is older than the grace. Publishers may run meanwhile: what they
 * name of what was there they make young before they commit (see keep-object.ts), and each object is looked at again
 * just before it goes; on a folder no publisher commits between the last look and the end.
 * @throws VenvdebError REPO_DAMAGED when a release is not whole: then nothing is deleted
 */
export async function collectGarbage(
  repository: OpenRepository,
  { dryRun }: CollectOptions = {},
): Promise<Collected> {
  const { storage, settings } = repository;
  const now = await storage.now();
  const before = new Date(now.getTime() - settings.retention.graceHours * 3_600_000);
  if (dryRun !== true) await storage.discardUploads?.(before);
  const old = await listOld(repository, before);
  if (old.length === 0) return { paths: [], bytes: 0 };
  const suites = await publishedSuites(repository);
  const reachable = await markReachable(repository, suites, now);
  const doomed = planCollection(old, reachable.paths);
  if (dryRun === true) return summarize(doomed);
  const deleted = await storage.exclusively(async () =>
    deleteAll(repository, doomed, { reachable, before, now }),
  );
  return summarize(deleted);
}

/** Objects that are written once and found by name alone: nothing else is ever collected. */
const COLLECTABLE = /^(?:pool\/|venvdeb\/(?:history|packages)\/|(?:dists\/(?:[^/]+\/)+)?by-hash\/SHA256\/)/;
const PREFIXES = ["by-hash/", "dists/", "pool/", "venvdeb/history/", "venvdeb/packages/"];

async function listOld({ storage }: OpenRepository, before: Date): Promise<ListedObject[]> {
  const old: ListedObject[] = [];
  for (const prefix of PREFIXES)
    for await (const object of storage.list(prefix))
      if (COLLECTABLE.test(object.path) && object.modified < before) old.push(object);
  return old;
}

/** Releases go first, so that none is left without what it names when the collection is killed. */
export function planCollection(
  objects: readonly ListedObject[],
  reachable: ReadonlySet<string>,
): ListedObject[] {
  const doomed = objects.filter(({ path }) => !reachable.has(path));
  return [...doomed.filter(isRelease), ...doomed.filter((object) => !isRelease(object))];
}

function isRelease({ path }: ListedObject): boolean {
  return path.startsWith("venvdeb/history/");
}

/** How many are deleted before the heads are looked at again. */
const BATCH = 100;

async function deleteAll(
  repository: OpenRepository,
  doomed: readonly ListedObject[],
  seen: { readonly reachable: Reachable; readonly before: Date; readonly now: Date },
): Promise<ListedObject[]> {
  const { storage } = repository;
  const deleted: ListedObject[] = [];
  let { reachable } = seen;
  const limit = pLimit(16);
  for (let start = 0; start < doomed.length; start += BATCH) {
    reachable = await currentReachable(repository, reachable, seen.now);
    const batch = doomed.slice(start, start + BATCH).filter(({ path }) => !reachable.paths.has(path));
    const gone = await Promise.all(batch.map(async (object) => limit(async () => deleteOld(object))));
    deleted.push(...gone.flat());
  }
  return deleted;

  async function deleteOld(object: ListedObject): Promise<ListedObject[]> {
    const facts = await storage.stat(object.path);
    if (facts === undefined || facts.modified >= seen.before) return [];
    await storage.remove(object.path);
    return [object];
  }
}

async function currentReachable(
  repository: OpenRepository,
  former: Reachable,
  now: Date,
): Promise<Reachable> {
  const suites = await publishedSuites(repository);
  return (await sameHeads(repository, suites, former)) ? former : markReachable(repository, suites, now);
}

function summarize(objects: readonly ListedObject[]): Collected {
  return {
    paths: objects.map(({ path }) => path),
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
  };
}
