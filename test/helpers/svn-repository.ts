import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { applyChange, type Change } from "./git-repository.ts";
import { tempFiles } from "./temp-files.ts";

/** A Subversion repository with trunk, branches and tags, and a working copy of trunk. */
export interface SvnRepository {
  /** `file://…` */
  readonly url: string;
  /** Absolute: the working copy. */
  readonly copy: string;
  readonly run: (...args: readonly string[]) => string;
  /** Gives the revision. */
  readonly commit: (subject: string, changes: Readonly<Record<string, Change>>) => number;
}

export async function svnRepository(): Promise<SvnRepository> {
  const folder = await tempFiles();
  const [store, copy] = [join(folder, "store"), join(folder, "copy")];
  const url = `file://${store}`;
  const settings = `--config-dir=${join(folder, "settings")}`;
  const run = (...args: readonly string[]): string =>
    execute(copy, "svn", ...args, settings, "--username=jane");
  execute(folder, "svnadmin", "create", store);
  const start = ["trunk", "branches", "tags"].map((name) => `${url}/${name}`);
  execute(folder, "svn", "mkdir", "--quiet", "--message=layout", settings, ...start);
  execute(folder, "svn", "checkout", "--quiet", settings, `${url}/trunk`, copy);
  const commit = (subject: string, changes: Readonly<Record<string, Change>>): number => {
    for (const [name, change] of Object.entries(changes)) {
      applyChange(join(copy, name), change);
      if (change !== null) run("add", "--quiet", "--force", "--parents", `${name}@`);
    }
    run("commit", "--quiet", "--message", subject);
    run("update", "--quiet", "--ignore-externals");
    return Number(run("info", "--show-item=revision"));
  };
  return { url, copy, run, commit };
}

function execute(cwd: string, program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", LC_ALL: "C.UTF-8" },
  }).trim();
}
