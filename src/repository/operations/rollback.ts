import pLimit from "p-limit";
import { VenvdebError } from "../../errors.ts";
import { byHashPath, history, readHead, suiteFolder, type Head } from "../heads.ts";
import { keepStoredObject } from "../keep-object.ts";
import { republishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { Published, Suite } from "../types.ts";
import { isPlainIndex } from "./reachable.ts";
import { findSuite } from "./targets.ts";
import { listedIn, viewRelease } from "./views.ts";

export interface RollbackOptions extends PublishOptions {
  readonly suite: string;
  /** Identifier of a former release; nothing: the newest one that lists something else than the head. */
  readonly to?: string;
}

/** A release that a suite can go back to, or the one that it has. */
export interface FormerRelease {
  readonly id: string;
  readonly date: Date;
  readonly isHead: boolean;
}

/**
 * Publishes what a former release lists as a new release: apt takes none whose Date is older than of the one it has.
 * Machines do not downgrade by themselves; they are offered the former versions.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_RELEASE, REPO_OBJECT_MISSING, and what `republishSuite` throws
 */
export async function rollBack(repository: OpenRepository, options: RollbackOptions): Promise<Published> {
  const suite = findSuite(repository.settings, options.suite);
  const wanted = await chooseRelease(repository, suite, options.to);
  return republishSuite(
    repository,
    suite,
    async (view) => {
      if (options.dryRun !== true) await keepRelease(repository, wanted, view.head);
      return wanted.release.entries;
    },
    options,
  );
}

/**
 * The releases of a suite that are still kept, the newest first.
 * @throws VenvdebError REPO_NO_SUITE, REPO_DAMAGED
 */
export async function listReleases(repository: OpenRepository, name: string): Promise<FormerRelease[]> {
  const suite = findSuite(repository.settings, name);
  const releases = await releasesOf(repository, suite);
  return releases.map(({ id, release }, place) => ({ id, date: release.date, isHead: place === 0 }));
}

async function chooseRelease(
  repository: OpenRepository,
  suite: Suite,
  id: string | undefined,
): Promise<Head> {
  const all = await releasesOf(repository, suite);
  const [head, ...former] = all;
  // To go back to the head changes nothing, as after a publication that did not come about.
  const wanted =
    id === undefined
      ? former.find((each) => head && differs(each, head))
      : all.find((each) => each.id === id);
  if (wanted !== undefined) return wanted;
  const ids = former.map((each) => each.id);
  const problem = id === undefined ? "no former release lists anything else" : `it has no release "${id}"`;
  throw new VenvdebError(
    "REPO_NO_RELEASE",
    `Cannot roll ${suite.name} back: ${problem} (kept: ${ids.length === 0 ? "none" : ids.slice(0, 10).join(", ")})`,
    { hint: `venvdeb repo rollback URL ${suite.name} --list` },
  );
}

/** What the head does not name may be on a collector's list. */
async function keepRelease(repository: OpenRepository, wanted: Head, head: Head | undefined): Promise<void> {
  const { storage, settings } = repository;
  const former = new Set(await filesOf(repository, head));
  const files = await filesOf(repository, wanted);
  const limit = pLimit(16);
  await Promise.all(
    files
      .filter((path) => !former.has(path))
      .map(async (path) => limit(async () => keepStoredObject(storage, path, settings.retention.graceHours))),
  );
}

/** Its packages, and its indexes as far as they are stored. */
async function filesOf(repository: OpenRepository, release: Head | undefined): Promise<string[]> {
  if (release === undefined) return [];
  const { suite } = release;
  const folder = suiteFolder(repository.settings, suite);
  const view = viewRelease(repository, suite, release);
  const listed = await listedIn(repository, { suite, component: undefined }, view);
  const indexes = release.release.entries.filter((entry) => !isPlainIndex(entry));
  return [
    ...indexes.map((entry) => `${folder}${byHashPath(entry)}`),
    ...new Set(listed.map((each) => each.listed.filename)),
  ];
}

async function releasesOf({ storage, settings }: OpenRepository, suite: Suite): Promise<Head[]> {
  const head = await readHead(storage, settings, suite);
  const releases: Head[] = [];
  if (head !== undefined) for await (const release of history(storage, suite, head)) releases.push(release);
  return releases;
}

function differs(a: Head, b: Head): boolean {
  return entriesOf(a) !== entriesOf(b);
}

function entriesOf({ release }: Head): string {
  return release.entries
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .sort()
    .join("\n");
}
