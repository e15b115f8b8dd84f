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

/** What of the history goes into a key: behind a tag the tag alone, so that a commit elsewhere makes no new package. */
export function versionFact(natural: HistoryVersion | undefined, { description }: Head): string | undefined {
  if (natural === undefined || description === undefined) return undefined;
  const { tag, distance } = description;
  return tag !== undefined && distance === 0 ? `=${natural.debian}` : `>${tag ?? ""}`;
}

/**
 * The key and version of a job: mostly what history says. But a version is never given twice, and what a branch is moved
 * to must be newer than what machines have from it, or no upgrade brings it:
 * - the same version of something else (another venvdeb, other settings, a tag that was moved) is built again with the
 *   next `+bN` on its revision, as Debian's own rebuilds are named
 * - a branch that was rewritten gets a version after the one that it had, and one that comes back to former files gets
 *   them anew
 */
export function planVersion(question: VersionQuestion): Pick<SyncJob, "key" | "version" | "revision"> {
  const { base, natural, revision, history, head } = question;
  if (natural === undefined) return { key: base, revision };
  const last = history.find(({ refs }) => refs.some((ref) => isRef(ref, head)));
  if (last?.base === base) return asPublished(last, natural);
  const former = head.ref.kind === "branch" ? last?.version : undefined;
  const known = history.find((entry) => entry.base === base);
  if (known !== undefined && !isOlder(known.version, former)) return asPublished(known, natural);
  if (isOlder(natural.debian, former)) return laterVersion(question, former ?? "");
  const rebuilds = history.filter(({ version }) => version === natural.debian);
  if (rebuilds.length > 0) return rebuild(question, natural, rebuilds);
  return { key: known === undefined ? base : laterKey(base, natural.debian), revision, version: natural };
}

function asPublished(
  { key, revision, version }: PublishedKey & { readonly key: string },
  natural: HistoryVersion,
): Pick<SyncJob, "key" | "version" | "revision"> {
  return { key, revision, version: { ...natural, debian: version ?? natural.debian } };
}

function rebuild(
  { base, revision }: VersionQuestion,
  natural: HistoryVersion,
  former: readonly PublishedKey[],
): Pick<SyncJob, "key" | "version" | "revision"> {
  const number = Math.max(...former.map((each) => rebuildNumber(each.revision))) + 1;
  const next = `${revision}+b${number}`;
  return { key: laterKey(base, next), version: natural, revision: next };
}

function isRef({ kind, name }: Head["ref"], { ref }: Head): boolean {
  return kind === ref.kind && name === ref.name;
}

function isOlder(version: string | undefined, other: string | undefined): boolean {
  return version !== undefined && other !== undefined && compareDebianVersions(version, other) < 0;
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

/**
 * Two tags of one version at other files, `v1.0` and `1.0`, are two packages of it: the second is built as the next of its
 * rebuilds. What is published keeps its key, as its own version stands in it.
 */
export function distinctVersions(jobs: readonly SyncJob[]): SyncJob[] {
  const taken = new Set<string>();
  return jobs.map((job) => {
    const { line, version, base } = job;
    if (version === undefined) return job;
    const place = (revision: string) => `${line} ${version.debian}-${revision}`;
    let { revision } = job;
    while (taken.has(place(revision)))
      revision = `${revision.replace(/\+b\d+$/, "")}+b${rebuildNumber(revision) + 1}`;
    taken.add(place(revision));
    return revision === job.revision
      ? job
      : Object.assign({}, job, { revision, key: laterKey(base, revision) });
  });
}

function rebuildNumber(revision: string): number {
  return Number(/\+b(\d+)$/.exec(revision)?.[1] ?? 0);
}
