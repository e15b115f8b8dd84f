import pLimit from "p-limit";
import { VenvdebError } from "../../errors.ts";
import { byHashPath, readHead, suiteFolder, type Head } from "../heads.ts";
import type { OpenRepository } from "../publish.ts";
import type { Suite } from "../types.ts";
import { distinctFiles } from "./edits.ts";
import { findSuite } from "./targets.ts";
import { listedIn, viewRelease } from "./views.ts";

export interface Snapshot {
  readonly id: string;
  readonly suite: string;
}

/**
 * Keeps the release that a suite has now under `snapshots/<id>/`, whole and for ever: its Release files, indexes and
 * packages, as further names of the same files on a folder and as copies on a bucket. apt 2.7 and later finds it there with
 * `--snapshot ID` (apt-get(8)); for others it is a repository of its own.
 * @param id the release's own where none is given
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_RELEASE, REPO_BAD_SNAPSHOT, REPO_SNAPSHOT_EXISTS, REPO_DAMAGED
 */
export async function createSnapshot(
  repository: OpenRepository,
  name: string,
  id?: string,
): Promise<Snapshot> {
  const { storage, settings } = repository;
  const suite = findSuite(settings, name);
  const head = await readHead(storage, settings, suite);
  if (head === undefined) throw neverPublished(suite);
  const snapshot = { id: validateId(id ?? head.id), suite: suite.name };
  const inRelease = `${folderOf(repository, snapshot.id, suite)}InRelease`;
  const former = await storage.read(inRelease);
  if (former !== undefined && !former.bytes.equals(head.inRelease)) throw existing(snapshot);
  await copyFiles(repository, snapshot.id, suite, head);
  await storage.create(inRelease, head.inRelease);
  await storage.create(markPath(snapshot), Buffer.alloc(0));
  return snapshot;
}

/** The snapshots that are kept, in the order of suites and identifiers. */
export async function listSnapshots({ storage }: OpenRepository): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const { path } of storage.list(MARKS)) {
    const [suite, id] = path.slice(MARKS.length).split("/");
    if (suite !== undefined && id !== undefined) snapshots.push({ id, suite });
  }
  return snapshots;
}

/** One small object each: below `snapshots/` are thousands. */
const MARKS = "venvdeb/snapshots/";

function markPath({ suite, id }: Snapshot): string {
  return `${MARKS}${suite}/${id}`;
}

function folderOf({ settings }: OpenRepository, id: string, suite: Suite): string {
  return `snapshots/${id}/${suiteFolder(settings, suite)}`;
}

async function copyFiles(repository: OpenRepository, id: string, suite: Suite, head: Head): Promise<void> {
  const { storage, settings } = repository;
  const [source, target] = [suiteFolder(settings, suite), folderOf(repository, id, suite)];
  const view = viewRelease(repository, suite, head);
  const listed = await listedIn(repository, { suite, component: undefined }, view);
  const files = distinctFiles(listed.map((each) => each.listed));
  const limit = pLimit(16);
  await Promise.all([
    ...files.map(async ({ filename }) =>
      limit(async () => storage.copy(filename, `snapshots/${id}/${filename}`)),
    ),
    ...head.release.entries.map(async (entry) =>
      limit(async () => {
        const stored = `${source}${byHashPath(entry)}`;
        // The plain form may be listed only.
        if ((await storage.stat(stored)) === undefined) return;
        await storage.copy(stored, `${target}${byHashPath(entry)}`);
        await storage.copy(stored, `${target}${entry.path}`);
      }),
    ),
  ]);
}

/** It becomes a folder, and a part of the URL that apt makes of it. */
function validateId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) return id;
  throw new VenvdebError(
    "REPO_BAD_SNAPSHOT",
    `Cannot name a snapshot "${id}": it is no identifier (wanted: letters, digits and . _ -)`,
    { exitCode: 2 },
  );
}

function existing({ id, suite }: Snapshot): VenvdebError {
  return new VenvdebError(
    "REPO_SNAPSHOT_EXISTS",
    `Cannot make the snapshot "${id}" of ${suite}: it is there, of another release`,
    { hint: "choose another --id; without it, the release's own is taken" },
  );
}

function neverPublished({ name }: Suite): VenvdebError {
  return new VenvdebError("REPO_NO_RELEASE", `Cannot make a snapshot of ${name}: it was never published`, {
    hint: `venvdeb repo add URL ${name} FILES...`,
  });
}
