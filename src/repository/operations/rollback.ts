import { VenvdebError } from "../../errors.ts";
import { history, readHead, type Head } from "../heads.ts";
import { republishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { Published, ReleaseEntry, Suite } from "../types.ts";
import { findSuite } from "./targets.ts";

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
  return republishSuite(repository, suite, () => Promise.resolve(wanted), options);
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
): Promise<readonly ReleaseEntry[]> {
  const [head, ...former] = await releasesOf(repository, suite);
  const wanted =
    id === undefined
      ? former.find((each) => head && differs(each, head))
      : former.find((each) => each.id === id);
  if (wanted !== undefined) return wanted.release.entries;
  const ids = former.map((each) => each.id);
  const problem = id === undefined ? "no former release lists anything else" : `it has no release "${id}"`;
  throw new VenvdebError(
    "REPO_NO_RELEASE",
    `Cannot roll ${suite.name} back: ${problem} (kept: ${ids.length === 0 ? "none" : ids.slice(0, 10).join(", ")})`,
    { hint: `venvdeb repo rollback URL ${suite.name} --list` },
  );
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
