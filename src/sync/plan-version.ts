import { compareDebianVersions } from "../deb/version.ts";
import { versionFromHistory, type HistoryVersion } from "../vcs/version.ts";
import type { SourceSettings } from "./fleet/types.ts";
import { laterKey } from "./keys.ts";
import type { Head, PublishedKey, SyncJob } from "./types.ts";

interface VersionQuestion {
  readonly source: SourceSettings;
  readonly head: Head;
  readonly base: string;
  readonly natural: HistoryVersion | undefined;
  readonly revision: string;
  /** Of the line, the latest first. */
  readonly history: readonly (PublishedKey & { readonly key: string })[];
}

/** What history alone says of a head's version. */
export function describeHistory(
  { version, versionTags }: SourceSettings,
  { description }: Head,
): HistoryVersion | undefined {
  if (version === "project" || description === undefined) return undefined;
  return versionFromHistory(description, versionTags === undefined ? {} : { versionTags });
}

/**
 * The key and version of a job: mostly what history says. But a version is never given twice, and what a branch is moved
 * to must be newer than what machines have from it, or no upgrade brings it:
 * - the same version of something else (another venvdeb, other settings, a tag that was moved) is built again with the
 *   next `+bN` on its revision, as Debian's own rebuilds are named
 * - a branch that was rewritten gets a version after the one that it had
 */
export function planVersion(question: VersionQuestion): Pick<SyncJob, "key" | "version" | "revision"> {
  const { base, natural, revision, history, head } = question;
  const plain = { key: base, revision, ...(natural === undefined ? {} : { version: natural }) };
  if (natural === undefined) return plain;
  const last = history.find(({ refs }) => refs.some((ref) => isRef(ref, head)));
  if (last?.base === base) return { ...plain, key: last.key, revision: last.revision };
  const known = history.find(({ key }) => key === base);
  const isBehind =
    head.ref.kind === "branch" && last?.version !== undefined && isOlder(natural.debian, last.version);
  if (known !== undefined && !isBehind) return { ...plain, revision: known.revision };
  if (isBehind) return laterVersion(question, last.version);
  const rebuilds = history.filter(({ version }) => version === natural.debian);
  const same = rebuilds.find((each) => each.base === base);
  if (same !== undefined) return { ...plain, key: same.key, revision: same.revision };
  if (rebuilds.length === 0) return plain;
  const number = Math.max(...rebuilds.map((each) => rebuildNumber(each.revision))) + 1;
  const next = `${revision}+b${number}`;
  return { ...plain, key: laterKey(base, next), revision: next };
}

function isRef({ kind, name }: Head["ref"], { ref }: Head): boolean {
  return kind === ref.kind && name === ref.name;
}

function isOlder(version: string, other: string): boolean {
  return compareDebianVersions(version, other) < 0;
}

function laterVersion(
  { base, revision, head, source }: VersionQuestion,
  after: string,
): Pick<SyncJob, "key" | "version" | "revision"> {
  const { versionTags } = source;
  const { description } = head;
  if (description === undefined) return { key: base, revision };
  const version = versionFromHistory(description, {
    after,
    ...(versionTags === undefined ? {} : { versionTags }),
  });
  return { key: laterKey(base, after), version, revision };
}

function rebuildNumber(revision: string): number {
  return Number(/\+b(\d+)$/.exec(revision)?.[1] ?? 0);
}
