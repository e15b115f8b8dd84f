import { oneLine } from "./names.ts";
import type { Commit } from "./types.ts";

/**
 * The changes of a Debian changelog entry (deb-changelog(5)), oldest first: one a commit, without merges, automatic
 * commits and repetitions, safe to be printed. What was left out for its number is said in the last.
 * @param most changes that are named, at least 1
 */
export function changelogChanges(commits: readonly Commit[], most = 100): string[] {
  const subjects = commits.map(({ subject }) => oneLine(subject, 300)).filter((subject) => !isNoise(subject));
  const different = [...new Set(subjects)];
  if (different.length <= most) return different.toReversed();
  const named = different.slice(0, most).toReversed();
  return [...named, `And ${different.length - most} older changes.`];
}

/** Of Mercurial, the commit that a tag makes. */
function isNoise(subject: string): boolean {
  return subject === "" || NOISE.test(subject);
}

const NOISE =
  /^(?:Merge (?:branch|pull request|remote-tracking branch|tag|commit) |(?:fixup|squash|amend)! |Added tag \S+ for changeset )/;
