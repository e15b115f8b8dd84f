import { badCommit } from "../names.ts";

/** What stands for a state of a branch or tag: its folder below the address, and a revision. */
export interface SvnCommit {
  /** `trunk`, `branches/x`, `tags/v1.0`, or `.` for a repository without these. */
  readonly path: string;
  readonly revision: number;
}

export function renderCommit({ path, revision }: SvnCommit): string {
  return `${path}@${revision}`;
}

/** @throws VenvdebError VCS_BAD_COMMIT */
export function parseCommit(commit: string): SvnCommit {
  const [, path, digits] = /^(\.|trunk|(?:branches|tags)\/[^/]+)@([1-9][0-9]{0,9})$/s.exec(commit) ?? [];
  if (path === undefined || digits === undefined || /\p{Cc}|\/\.{1,2}$/u.test(path) || commit.length > 400)
    throw badCommit(commit, "it has not the form trunk@42");
  return { path, revision: Number(digits) };
}
