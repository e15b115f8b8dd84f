import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { applyChange, type Change } from "./git-repository.ts";
import { tempFiles } from "./temp-files.ts";

/** A Mercurial repository, each commit a minute after the one before. */
export interface HgRepository {
  /** Absolute. */
  readonly path: string;
  readonly run: (...args: readonly string[]) => string;
  /** Gives the commit's id. */
  readonly commit: (subject: string, changes?: Readonly<Record<string, Change>>) => string;
}

export async function hgRepository(): Promise<HgRepository> {
  const path = join(await tempFiles(), "repository");
  mkdirSync(path);
  let seconds = 1_700_000_000;
  const run = (...args: readonly string[]): string =>
    execFileSync("hg", args, {
      cwd: path,
      encoding: "utf8",
      stdio: "pipe",
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        HGRCPATH: "",
        HGPLAIN: "1",
        HGUSER: "Jane Doe",
      },
    }).trim();
  run("init");
  const commit = (subject: string, changes: Readonly<Record<string, Change>> = {}): string => {
    for (const [name, change] of Object.entries(changes)) applyChange(join(path, name), change);
    seconds += 60;
    run("addremove", "--quiet");
    const changed = Object.keys(changes).length > 0;
    run(
      "commit",
      ...(changed ? [] : ["--config=ui.allowemptycommit=1"]),
      "--message",
      subject,
      "--date",
      `${seconds} 0`,
    );
    return run("log", "--rev=.", "--template={node}");
  };
  return { path, run, commit };
}
