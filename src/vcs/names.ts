import { VenvdebError } from "../errors.ts";
import type { Ref, SourceScope } from "./types.ts";

/**
 * The folder of a source in its repository, without slashes around it; the empty string is the repository.
 * @throws VenvdebError VCS_BAD_PATH
 */
export function scopePath({ path = "" }: SourceScope): string {
  const parts = path.replace(/^\.\//, "").replace(/\/+$/, "").split("/");
  if (path === "" || path === "." || path === "./") return "";
  const isBad = parts.some(
    (part) => part === "" || part === "." || part === ".." || part.startsWith("-") || isToolData(part),
  );
  if (isBad || path.length > 1024 || /[\p{Cc}\p{Zl}\p{Zp}\\:]/u.test(path))
    throw new VenvdebError(
      "VCS_BAD_PATH",
      `Cannot use the folder ${JSON.stringify(path.slice(0, 200))} of a repository: it is no path below it`,
      { hint: 'give a relative path, such as path = "services/api"', exitCode: 2 },
    );
  return parts.join("/");
}

/** Whether a name would be read as the data of a version control, on any file system (CVE-2014-9390). */
export function isToolData(name: string): boolean {
  const plain = name
    .normalize("NFKC")
    .replaceAll(/[\p{Cf}\p{Cc}]/gu, "")
    .toLowerCase();
  return /^(?:\.git|\.hg|\.svn|git~\d+)[ .]*(?::.*)?$/.test(plain);
}

/** @throws VenvdebError VCS_BAD_COMMIT for what is no full id of git or Mercurial */
export function validateId(commit: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) && !/^(?:0+|f+)$/.test(commit)) return commit;
  throw badCommit(commit, "it is no full id");
}

export function badCommit(commit: string, problem: string): VenvdebError {
  return new VenvdebError(
    "VCS_BAD_COMMIT",
    `Cannot use the commit ${JSON.stringify(commit.slice(0, 100))}: ${problem}`,
  );
}

/** One line of text that is safe to print and to put into files of Debian's form. */
export function oneLine(text: string, longest = 500): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, " ")
    .trim()
    .slice(0, longest)
    .trimEnd();
}

export function byKindAndName(a: Ref, b: Ref): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
