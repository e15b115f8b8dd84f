import { VenvdebError } from "../errors.ts";
import { compareDebianVersions, isDebianVersion } from "../deb/version.ts";
import { parseVersion, renderVersion } from "../python/pep440.ts";
import { toDebianUpstream } from "../python/version.ts";
import type { HistoryDescription, VersionControlKind } from "./types.ts";
import { versionOfTag } from "./version-tags.ts";

export interface HistoryVersion {
  /** PEP 440, for the project's build backend: `1.4.2`, `1.4.2+git.7.g3f2a1c9`. */
  readonly upstream: string;
  /** For Debian, without a revision: `1.4.2`, `1.4.2+git7.g3f2a1c9`; with an epoch where the tag has one, `1:2.0.0`. */
  readonly debian: string;
}

export interface VersionOptions {
  /** Glob of the tags that are versions, as in the source. */
  readonly versionTags?: string;
  /**
   * Debian version of the last published package: where a branch was rewritten, fewer commits may follow the same tag.
   * The result then counts on from this one, so that machines upgrade.
   */
  readonly after?: string;
}

/**
 * The version of a commit, ordered as its history for PEP 440 and for dpkg: a tag's own; behind a tag, but before all
 * that may be tagged later, for each commit that follows it a higher one; without a tag, one below all.
 * @throws VenvdebError VCS_NO_VERSION for a tag that is no version, VCS_SHALLOW where the count of commits is not known
 */
export function versionFromHistory(
  description: HistoryDescription,
  options: VersionOptions = {},
): HistoryVersion {
  const { tag, distance } = description;
  if (tag === undefined && description.isShallow === true) throw shallow(description);
  const base = tag === undefined ? NO_TAG : tagVersion(tag, options.versionTags);
  if (tag !== undefined && distance === 0) return base;
  const version = snapshot(base, description, distance);
  const counted = countedOn(version, base, options.after);
  return counted === undefined ? version : snapshot(base, description, counted);
}

/** Below `0.0.0`, as dpkg and PEP 440 have it, and below its first pre-release. */
const NO_TAG: HistoryVersion = { upstream: "0.dev0", debian: "0~" };

function tagVersion(tag: string, pattern: string | undefined): HistoryVersion {
  const version = parseVersion(versionOfTag(tag, pattern) ?? "");
  if (version === undefined)
    throw new VenvdebError(
      "VCS_NO_VERSION",
      `Cannot make a version of the tag ${JSON.stringify(tag.slice(0, 100))}: it is no Python version (PEP 440, such as v1.4.0rc1)`,
      { hint: 'name the tags that are versions, such as version-tags = "v*"' },
    );
  const upstream = renderVersion(version);
  const debian = toDebianUpstream(upstream);
  return {
    upstream,
    debian: debian.epoch === undefined ? debian.upstream : `${debian.epoch}:${debian.upstream}`,
  };
}

/** As Debian's packagers name them: `+` is after the tag and before what `1.4.2.1` and `1.4.2.post1` become. */
function snapshot(base: HistoryVersion, { kind, commit }: HistoryDescription, count: number): HistoryVersion {
  const id = shortId(kind, commit);
  const joint = base.debian.endsWith("~") ? "" : "+";
  return {
    upstream: `${base.upstream}${base.upstream.includes("+") ? "." : "+"}${kind}.${count}.${id}`,
    debian: `${base.debian}${joint}${kind}${count}.${id}`,
  };
}

/** A letter first, so that no tool takes it for a number. */
function shortId(kind: VersionControlKind, commit: string): string {
  if (kind === "svn") return `r${/@(\d+)$/.exec(commit)?.[1] ?? "0"}`;
  return `${kind === "git" ? "g" : "h"}${commit.slice(0, 7)}`;
}

/** One more than that of the published version, where it is of the same tag and ours is not newer. */
function countedOn(
  version: HistoryVersion,
  base: HistoryVersion,
  after: string | undefined,
): number | undefined {
  if (after === undefined || !isDebianVersion(after)) return undefined;
  const published = after.replace(/-[^-]*$/, "");
  if (published === version.debian || compareDebianVersions(version.debian, published) > 0) return undefined;
  if (!published.startsWith(base.debian)) return undefined;
  const [, count] = /^\+?(?:git|hg|svn)(\d{1,9})\.[ghr]/.exec(published.slice(base.debian.length)) ?? [];
  return count === undefined ? undefined : Number(count) + 1;
}

function shallow({ commit }: HistoryDescription): VenvdebError {
  return new VenvdebError(
    "VCS_SHALLOW",
    `Cannot make a version of the commit ${commit}: the repository holds only the end of its history, and no version tag is in it`,
    { hint: "complete the repository (git fetch --unshallow --tags), or name its full original" },
  );
}
