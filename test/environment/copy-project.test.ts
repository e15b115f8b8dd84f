import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyProject } from "../../src/environment/copy-project.ts";
import { testHost } from "../helpers/environment-build.ts";
import { tempFiles } from "../helpers/temp-files.ts";

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "safe.directory=*"];
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8" }).trim();
}

test.each(["", "services/app"])(
  "git describes the copy as it does the project (in %j of the repository)",
  async (below) => {
    const top = await tempFiles({
      [join(below, "pyproject.toml")]: "",
      [join(below, "a.py")]: "",
      "other/file": "",
    });
    git(top, "init", "-q");
    git(top, "add", ".");
    git(top, "commit", "-q", "-m", "one");
    git(top, "tag", "-a", "v1.2", "-m", "v1.2");
    const target = join(await tempFiles(), "copy");
    const copy = await copyProject(join(top, below), target, testHost());
    expect(git(copy, "describe", "--dirty", "--tags")).toBe("v1.2");
    expect(existsSync(join(copy, "pyproject.toml"))).toBe(true);
    expect(git(top, "status", "--porcelain")).toBe("");
  },
);

test("leftovers stay out, packages of their names do not", async () => {
  const source = await tempFiles({
    "build/lib/x.py": "",
    "dist/x-1.0.whl": "",
    "dist/.venvdeb-partial.1": "half of another build's package",
    ".venvdeb-partial.2": "",
    "src/build/__init__.py": "",
    "x.egg-info/SOURCES.txt": "",
    "env/pyvenv.cfg": "",
    "__pycache__/x.pyc": "",
    "README.md": "r",
  });
  const outside = await tempFiles({ "shared.txt": "s" });
  await symlink(join(outside, "shared.txt"), join(source, "shared.txt"));
  const copy = await copyProject(source, join(await tempFiles(), "copy"), testHost());
  const found = execFileSync("find", [".", "-type", "f"], { cwd: copy, encoding: "utf8" });
  expect(found.trim().split("\n").toSorted()).toEqual([
    "./README.md",
    "./shared.txt",
    "./src/build/__init__.py",
  ]);
  expect(readFileSync(join(copy, "shared.txt"), "utf8")).toBe("s");
});

test("a folder named build that is a package is copied", async () => {
  const source = await tempFiles({ "build/__init__.py": "" });
  const copy = await copyProject(source, join(await tempFiles(), "copy"), testHost());
  expect(existsSync(join(copy, "build/__init__.py"))).toBe(true);
});

test("an unpacked release keeps its egg-info, which says what belongs to it", async () => {
  const source = await tempFiles({ "PKG-INFO": "", "x.egg-info/SOURCES.txt": "" });
  const copy = await copyProject(source, join(await tempFiles(), "copy"), testHost());
  expect(existsSync(join(copy, "x.egg-info/SOURCES.txt"))).toBe(true);
});
