import { createHash } from "node:crypto";
import { parseRelease, releaseId } from "./release-file.ts";
import { textOfInRelease } from "./sign/cleartext.ts";
import type { Storage } from "./storage/types.ts";
import type { Release, RepositorySettings, Suite } from "./types.ts";

/** One release of a suite as it is stored; the one that clients get has a `version`. */
export interface Head {
  readonly suite: Suite;
  readonly release: Release;
  /** `20261123T120000Z` */
  readonly id: string;
  /** Of the whole InRelease, lower-case hexadecimal: what the next release names as `X-Venvdeb-Previous`. */
  readonly sha256: string;
  readonly inRelease: Buffer;
  /** What `Storage.replace` compares; nothing for a former release. */
  readonly version?: string;
}

/** The folder of a suite's Release, ending in a slash; empty in a flat repository. */
export function suiteFolder(settings: Pick<RepositorySettings, "layout">, suite: Suite): string {
  return settings.layout === "flat" ? "" : `dists/${suite.name}/`;
}

/** Where the releases of a suite are kept, ending in a slash. */
export function historyFolder(suite: Suite): string {
  return `venvdeb/history/${suite.name}/`;
}

/** Where one release of a suite is kept. */
export function historyPath(suite: Suite, id: string, sha256: string): string {
  return `${historyFolder(suite)}${releaseName({ id, sha256 })}.InRelease`;
}

/** Names one release of a suite: `20261123T120000Z-0123456789ab`. */
export function releaseName({ id, sha256 }: Pick<Head, "id" | "sha256">): string {
  return `${id}-${sha256.slice(0, 12)}`;
}

/**
 * The release of this name, if it is kept.
 * @throws VenvdebError REPO_DAMAGED
 */
export async function readFormerHead(
  storage: Storage,
  suite: Suite,
  name: string,
): Promise<Head | undefined> {
  const path = `${historyFolder(suite)}${name}.InRelease`;
  const stored = /^\w+-\w+$/.test(name) ? await storage.read(path) : undefined;
  const former = stored && parseHead(suite, stored.bytes, path);
  return former && releaseName(former) === name ? former : undefined;
}

/** Where the `Release.gpg` of a release is kept, for who finishes what its publisher began. */
export function detachedPath(suite: Suite, id: string, sha256: string): string {
  return `${historyFolder(suite)}${releaseName({ id, sha256 })}.Release.gpg`;
}

/** Where an index of a release is kept under its hash; both paths are relative to the folder of the Release. */
export function byHashPath(entry: { readonly path: string; readonly sha256: string }): string {
  return `${entry.path.slice(0, entry.path.lastIndexOf("/") + 1)}by-hash/SHA256/${entry.sha256}`;
}

/**
 * The release that clients get now, nothing before the first. Its signature is not looked at (see `readInRelease`).
 * @throws VenvdebError REPO_DAMAGED
 */
export async function readHead(
  storage: Storage,
  settings: RepositorySettings,
  suite: Suite,
): Promise<Head | undefined> {
  const path = `${suiteFolder(settings, suite)}InRelease`;
  const stored = await storage.read(path);
  if (stored === undefined) return undefined;
  return { ...parseHead(suite, stored.bytes, path), version: stored.version };
}

/**
 * The releases that led to a head, itself first, then older ones: as long as each names the one before it and that is
 * still kept. What was written and never became the head is not among them.
 * @throws VenvdebError REPO_DAMAGED
 */
export async function* history(storage: Storage, suite: Suite, head: Head): AsyncGenerator<Head> {
  yield head;
  const paths = await historyPaths(storage, suite);
  let previous = head.release.fields.get("X-Venvdeb-Previous");
  while (previous !== undefined) {
    const former = await readFormer(storage, suite, previous, paths);
    if (former === undefined) return;
    yield former;
    previous = former.release.fields.get("X-Venvdeb-Previous");
  }
}

/** @throws VenvdebError REPO_DAMAGED */
export function parseHead(suite: Suite, inRelease: Buffer, path: string): Head {
  const release = parseRelease(textOfInRelease(inRelease), path);
  const sha256 = createHash("sha256").update(inRelease).digest("hex");
  return { suite, release, id: releaseId(release.date), sha256, inRelease };
}

/** By the part of the hash in their names. */
async function historyPaths(storage: Storage, suite: Suite): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for await (const { path } of storage.list(historyFolder(suite))) {
    const hash = /-([0-9a-f]{12})\.InRelease$/.exec(path)?.[1];
    if (hash !== undefined) paths.set(hash, path);
  }
  return paths;
}

async function readFormer(
  storage: Storage,
  suite: Suite,
  sha256: string,
  paths: ReadonlyMap<string, string>,
): Promise<Head | undefined> {
  const path = paths.get(sha256.slice(0, 12));
  const stored = path === undefined ? undefined : await storage.read(path);
  if (path === undefined || stored === undefined) return undefined;
  const former = parseHead(suite, stored.bytes, path);
  return former.sha256 === sha256 ? former : undefined;
}
