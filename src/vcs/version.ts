import type { HistoryDescription } from "./types.ts";

export interface HistoryVersion {
  /** PEP 440, for the project's build backend: `1.4.2`, `1.4.2+git.7.g3f2a1c9`. */
  readonly upstream: string;
  /** Debian's upstream version, without epoch's revision part: `1.4.2`, `1.4.2+git7.g3f2a1c9`. */
  readonly debian: string;
}

export interface VersionOptions {
  /** Glob of the tags that are versions, as in the source. */
  readonly versionTags?: string;
  /** Debian version (its revision is not looked at) that the result must be newer than: after a rewritten branch. */
  readonly after?: string;
}

export declare function versionFromHistory(
  description: HistoryDescription,
  options?: VersionOptions,
): HistoryVersion;
