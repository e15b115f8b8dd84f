import type { Commit } from "./types.ts";

/** The lines of a Debian changelog entry, without `  * `: one a commit, oldest first, merges and duplicates left out. */
export declare function changelogChanges(commits: readonly Commit[]): string[];
