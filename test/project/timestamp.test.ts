import { execFileSync } from "node:child_process";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectTimestamp } from "../../src/project/timestamp.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

describe("projectTimestamp", () => {
  it("is SOURCE_DATE_EPOCH when that is set", async () => {
    expect(await projectTimestamp("/not/there", { SOURCE_DATE_EPOCH: "1700000000" })).toBe(1_700_000_000);
    expect(await projectTimestamp("/not/there", { SOURCE_DATE_EPOCH: "0" })).toBe(0);
  });

  it.each(["yesterday", "-1", "1.5", "0x10", " 1", "99999999999"])("refuses %j", async (value) => {
    const error = await thrown(() => projectTimestamp("/not/there", { SOURCE_DATE_EPOCH: value }));
    expect(error.code).toBe("PROJECT_BAD_EPOCH");
    expect(error.exitCode).toBe(2);
  });

  it("is that of the last commit that touched the folder", async () => {
    const root = await tempFiles({ "one/a.py": "1", "two/b.py": "2" });
    git(root, 1_600_000_000, ["init", "--quiet"]);
    git(root, 1_600_000_000, ["add", "one"]);
    git(root, 1_600_000_000, ["commit", "--quiet", "-m", "one"]);
    git(root, 1_600_000_500, ["add", "two"]);
    git(root, 1_600_000_500, ["commit", "--quiet", "-m", "two"]);
    expect(await projectTimestamp(join(root, "one"), {})).toBe(1_600_000_000);
    expect(await projectTimestamp(root, {})).toBe(1_600_000_500);
  });

  it("is that of the newest file outside of a repository, what tools have made left out", async () => {
    const root = await tempFiles({ "a.py": "1", "pkg/b.py": "2", "dist/c.whl": "3", "x.egg-info/d": "4" });
    await mkdir(join(root, "pkg/__pycache__"));
    await writeFile(join(root, "pkg/__pycache__/b.pyc"), "5");
    await utimes(join(root, "a.py"), 1_500_000_000, 1_500_000_000);
    await utimes(join(root, "pkg/b.py"), 1_500_000_100, 1_500_000_100.9);
    expect(await projectTimestamp(root, {})).toBe(1_500_000_100);
  });
});

function git(cwd: string, time: number, args: readonly string[]): void {
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    GIT_AUTHOR_NAME: "Jane",
    GIT_AUTHOR_EMAIL: "jane@example.org",
    GIT_COMMITTER_NAME: "Jane",
    GIT_COMMITTER_EMAIL: "jane@example.org",
    GIT_AUTHOR_DATE: `${time + 7} +0000`,
    GIT_COMMITTER_DATE: `${time} +0000`,
  };
  execFileSync("git", args, { cwd, env });
}
