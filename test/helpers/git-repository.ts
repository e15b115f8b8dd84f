import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tempFiles } from "./temp-files.ts";

/** What a commit changes: text, a link, a program, or nothing any more. */
export type Change = string | { readonly link: string } | { readonly program: string } | null;

/** A git repository with a work tree, each commit a minute after the one before. */
export interface GitRepository {
  /** Absolute. */
  readonly path: string;
  readonly run: (args: readonly string[], input?: string) => string;
  /** Gives the commit's id. */
  readonly commit: (subject: string, changes?: Readonly<Record<string, Change>>) => string;
}

export async function gitRepository(): Promise<GitRepository> {
  const path = join(await tempFiles(), "repository");
  mkdirSync(path);
  let seconds = 1_700_000_000;
  const run = (args: readonly string[], input = ""): string =>
    execFileSync("git", args, {
      cwd: path,
      encoding: "utf8",
      input,
      stdio: "pipe",
      maxBuffer: 2 ** 28,
      env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...person(seconds) },
    }).trim();
  run(["init", "--quiet", "--initial-branch=main"]);
  const commit = (subject: string, changes: Readonly<Record<string, Change>> = {}): string => {
    for (const [name, change] of Object.entries(changes)) applyChange(join(path, name), change);
    seconds += 60;
    run(["add", "--all", "--force"]);
    run(["commit", "--quiet", "--allow-empty", "--message", subject]);
    return run(["rev-parse", "HEAD"]);
  };
  return { path, run, commit };
}

export function applyChange(path: string, change: Change): void {
  rmSync(path, { force: true, recursive: true });
  if (change === null) return;
  mkdirSync(dirname(path), { recursive: true });
  if (typeof change === "string") writeFileSync(path, change);
  else if ("link" in change) symlinkSync(change.link, path);
  else {
    writeFileSync(path, change.program);
    chmodSync(path, 0o755);
  }
}

function person(seconds: number): Record<string, string> {
  return {
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Jane Doe",
    GIT_AUTHOR_EMAIL: "jane@example.org",
    GIT_COMMITTER_NAME: "Jane Doe",
    GIT_COMMITTER_EMAIL: "jane@example.org",
    GIT_AUTHOR_DATE: `${seconds} +0000`,
    GIT_COMMITTER_DATE: `${seconds} +0000`,
  };
}
