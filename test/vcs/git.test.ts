import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitRepository } from "../helpers/git-repository.ts";
import { opened } from "../helpers/open-source.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

describe("branches and tags of a git repository", () => {
  it("are those that are there now: new, moved by force, deleted, of commits only", async () => {
    const repository = await gitRepository();
    const first = repository.commit("first", { "a.txt": "1" });
    repository.run(["tag", "-a", "-m", "the first", "v1.0"]);
    repository.run(["tag", "picture", repository.run(["hash-object", "-w", "--stdin"], "no commit")]);
    repository.run(["branch", "side/one"]);
    const { vcs, source } = await opened({ kind: "git", url: repository.path });
    expect(await vcs.refs(source)).toEqual([
      { kind: "branch", name: "main", commit: first, date: expect.any(Date) },
      { kind: "branch", name: "side/one", commit: first, date: expect.any(Date) },
      { kind: "tag", name: "v1.0", commit: first, date: expect.any(Date) },
    ]);
    repository.run(["branch", "-D", "side/one"]);
    repository.run(["branch", "side"]);
    repository.run(["commit", "--quiet", "--amend", "--message", "another first"]);
    repository.run(["tag", "--force", "v1.0"]);
    const other = repository.run(["rev-parse", "HEAD"]);
    expect((await vcs.refs(source)).map(({ kind, name, commit }) => [kind, name, commit])).toEqual([
      ["branch", "main", other],
      ["branch", "side", first],
      ["tag", "v1.0", other],
    ]);
  });

  it("are none in an empty repository", async () => {
    const { vcs, source } = await opened({ kind: "git", url: (await gitRepository()).path });
    expect(await vcs.refs(source)).toEqual([]);
  });

  it("come out of a bare repository and a file URL too", async () => {
    const repository = await gitRepository();
    const commit = repository.commit("first");
    const bare = join(await tempFiles(), "with blank.git");
    repository.run(["clone", "--quiet", "--bare", repository.path, bare]);
    for (const url of [bare, `file://${repository.path}/`]) {
      const { vcs, source } = await opened({ kind: "git", url });
      expect((await vcs.refs(source)).map((ref) => ref.commit)).toEqual([commit]);
    }
  });
});

describe("an export of a git commit", () => {
  it("has the files as committed, with modes and one date, and nothing of git", async () => {
    const repository = await gitRepository();
    const commit = repository.commit("first", {
      "a.txt": "1\n",
      "bin/run": { program: "#!/bin/sh\n" },
      "src/latest": { link: "../a.txt" },
      [`deep/${"long/".repeat(40)}name-${"x".repeat(120)}`]: "far down",
      "line\nend -x": "odd name",
      "ü/é.txt": "unicode",
      "docs/left-out": "no",
      "docs/kept": "yes",
      Readme: "one",
      README: "two",
      ".gitattributes": "docs/left-out export-ignore\n*.sub export-subst\n",
      "which.sub": "$Format:%H$",
    });
    repository.commit("second", { "a.txt": "2\n" });
    const { vcs, source, output } = await opened({ kind: "git", url: repository.path });
    const tree = await vcs.export(source, commit, output);
    expect(tree).toMatchObject({ directory: output, commit, date: new Date(1_700_000_060_000) });
    expect(readFileSync(join(output, "a.txt"), "utf8")).toBe("1\n");
    expect(statSync(join(output, "bin/run")).mode & 0o777).toBe(0o755);
    expect(statSync(join(output, "a.txt")).mode & 0o777).toBe(0o644);
    expect(readlinkSync(join(output, "src/latest"))).toBe("../a.txt");
    expect(lstatSync(join(output, "src/latest")).mtime).toEqual(tree.date);
    expect(statSync(join(output, "README")).mtime).toEqual(tree.date);
    expect(readFileSync(join(output, "Readme"), "utf8")).toBe("one");
    expect(readFileSync(join(output, "which.sub"), "utf8")).toBe(commit);
    expect(readdirSync(join(output, "docs"))).toEqual(["kept"]);
    expect(readdirSync(output).toSorted()).toEqual(
      [
        ".gitattributes",
        "README",
        "Readme",
        "a.txt",
        "bin",
        "deep",
        "docs",
        "line\nend -x",
        "src",
        "which.sub",
        "ü",
      ].toSorted(),
    );
  });

  it("of a folder of a monorepo is that folder; its tree changes only with it", async () => {
    const repository = await gitRepository();
    const first = repository.commit("first", {
      "services/api/pyproject.toml": "[project]",
      "services/web/x": "x",
      "services/api-two/x": "x",
    });
    const second = repository.commit("another service", { "services/web/x": "y" });
    const third = repository.commit("what archives leave out", { ".gitattributes": "x export-ignore\n" });
    const { vcs, source, output } = await opened({
      kind: "git",
      url: repository.path,
      path: "services/api/",
    });
    await vcs.export(source, second, output);
    expect(readdirSync(output)).toEqual(["pyproject.toml"]);
    const trees = await Promise.all([first, second, third].map(async (one) => vcs.tree(source, one)));
    expect(trees[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(trees[1]).toBe(trees[0]);
    expect(trees[2]).not.toBe(trees[0]);
    expect((await vcs.log(source, undefined, third)).map(({ subject }) => subject)).toEqual(["first"]);
    const elsewhere = { ...source, path: "services/none" };
    expect(await vcs.tree(elsewhere, first)).toBeUndefined();
    expect((await thrown(() => vcs.export(elsewhere, first, `${output}2`))).code).toBe("VCS_BAD_COMMIT");
  });

  it("reads a commit that only another process has fetched, and one that was taken away by force", async () => {
    const repository = await gitRepository();
    const lost = repository.commit("lost", { a: "1" });
    const { vcs, source, output, cache } = await opened({ kind: "git", url: repository.path });
    await vcs.refs(source);
    repository.run(["commit", "--quiet", "--amend", "--message", "kept"]);
    await vcs.refs(source);
    await vcs.export(source, lost, output);
    expect(readdirSync(output)).toEqual(["a"]);
    rmSync(cache, { recursive: true });
    const head = repository.run(["rev-parse", "HEAD"]);
    await vcs.export(source, head, `${output}2`);
    const nowhere = "f".repeat(40);
    expect((await thrown(() => vcs.export(source, nowhere, `${output}3`))).code).toBe("VCS_BAD_COMMIT");
  });

  it("brings submodules only when asked", async () => {
    const inner = await gitRepository();
    inner.commit("inner", { "inner.txt": "inside" });
    const outer = await gitRepository();
    outer.commit("outer", { "libs/x": "x" });
    outer.run(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path, "libs/inner"]);
    const commit = outer.commit("with it");
    const { vcs, source, output } = await opened({ kind: "git", url: outer.path });
    await vcs.export(source, commit, output);
    expect(readdirSync(join(output, "libs/inner"))).toEqual([]);
    await vcs.export({ submodules: true, path: "libs" }, commit, `${output}2`);
    expect(readFileSync(join(`${output}2`, "inner/inner.txt"), "utf8")).toBe("inside");
  });
});

describe("where a git commit stands", () => {
  it("is told by the last version tag of its line, the highest of a merge, and the commits since", async () => {
    const repository = await gitRepository();
    const start = repository.commit("start");
    const { vcs, source } = await opened({ kind: "git", url: repository.path });
    const stands = async (commit: string) => {
      const { tag, distance } = await vcs.describe(source, commit);
      return [tag, distance];
    };
    repository.run(["tag", "20150101"]);
    expect(await stands(start)).toEqual(["20150101", 0]);
    const old = repository.commit("old");
    repository.run(["tag", "-a", "-m", "x", "v1.0"]);
    repository.run(["tag", "v1.0rc1"]);
    repository.run(["tag", "nightly"]);
    const two = repository.commit("two");
    repository.run(["tag", "v2.0"]);
    repository.run(["checkout", "--quiet", "-b", "fixes", old]);
    for (const name of ["a", "b", "c"]) repository.commit(`fix ${name}`);
    const fixed = repository.commit("fixed");
    repository.run(["tag", "v1.0.1"]);
    repository.run(["checkout", "--quiet", "main"]);
    repository.run(["merge", "--quiet", "--no-ff", "-m", "merge fixes", "fixes"]);
    const merged = repository.run(["rev-parse", "HEAD"]);
    const next = repository.commit("next");
    await vcs.refs(source);
    expect(await stands(old)).toEqual(["v1.0", 0]);
    expect(await stands(two)).toEqual(["v2.0", 0]);
    expect(await stands(fixed)).toEqual(["v1.0.1", 0]);
    expect(await stands(merged)).toEqual(["v2.0", 5]);
    expect(await stands(next)).toEqual(["v2.0", 6]);
    expect(await vcs.describe({ versionTags: "v1*" }, next)).toMatchObject({ tag: "v1.0.1", distance: 3 });
    expect(await vcs.describe({ versionTags: "none-*" }, next)).toMatchObject({ distance: 9, commit: next });
  });

  it("is known to be cut off in a shallow repository", async () => {
    const repository = await gitRepository();
    for (const name of ["a", "b", "c"]) repository.commit(name, { name });
    const shallow = join(await tempFiles(), "shallow");
    repository.run(["clone", "--quiet", "--depth=1", `file://${repository.path}`, shallow]);
    const { vcs, source, output, commitOf } = await opened({ kind: "git", url: shallow });
    const commit = await commitOf("main");
    expect(await vcs.describe(source, commit)).toMatchObject({ distance: 1, isShallow: true });
    await vcs.export(source, commit, output);
    expect(readFileSync(join(output, "name"), "utf8")).toBe("c");
  });

  it("takes a second in a history of 10,000 commits and 1,000 tags", async () => {
    const repository = await gitRepository();
    const stream = Array.from(
      { length: 10_000 },
      (_, index) =>
        `commit refs/heads/main\nmark :${index + 1}\ncommitter J <j@example.org> ${1_700_000_000 + index} +0000\ndata 1\n${index % 10}\n` +
        (index % 10 === 0 ? `reset refs/tags/v0.${index}\nfrom :${index + 1}\n\n` : ""),
    );
    repository.run(["fast-import", "--quiet"], stream.join(""));
    const { vcs, source, commitOf } = await opened({ kind: "git", url: repository.path });
    const commit = await commitOf("main");
    const begin = performance.now();
    expect(await vcs.describe(source, commit)).toMatchObject({ tag: "v0.9990", distance: 9 });
    expect(await vcs.log(source, undefined, commit)).toHaveLength(500);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});

describe("the commits between two git commits", () => {
  it("are named newest first, and all of them where the first is gone", async () => {
    const repository = await gitRepository();
    const first = repository.commit("first");
    repository.commit("second\n\nwith a body");
    const third = repository.commit("third \u202e\u0007bell");
    const { vcs, source } = await opened({ kind: "git", url: repository.path });
    const subjects = async (from: string | undefined) =>
      (await vcs.log(source, from, third)).map(({ subject }) => subject);
    expect(await vcs.log(source, first, third)).toMatchObject([
      { id: third, subject: "third bell", author: "Jane Doe", date: new Date(1_700_000_180_000) },
      { subject: "second" },
    ]);
    expect(await subjects("a".repeat(40))).toEqual(["third bell", "second", "first"]);
  });
});

describe("a mirror of a git repository", () => {
  it("serves several processes at once, and is made anew when it is damaged", async () => {
    const repository = await gitRepository();
    const commit = repository.commit("first", { a: "1" });
    const { vcs, source, output, cache } = await opened({ kind: "git", url: repository.path });
    await Promise.all([1, 2, 3, 4].map(async (one) => vcs.export(source, commit, `${output}${one}`)));
    const mirror = join(cache, "vcs", readdirSync(join(cache, "vcs"))[0] ?? "", "mirror.git");
    execFileSync("sh", ["-c", 'find objects -type f -exec sh -c \'chmod +w "$1"; echo >"$1"\' - {} \\;'], {
      cwd: mirror,
    });
    repository.commit("second", { a: "2" });
    expect(await vcs.refs(source)).toHaveLength(1);
    await vcs.export(source, commit, `${output}5`);
  });

  it("tells of a repository that does not answer, without the password of its address", async () => {
    const gone = await opened({ kind: "git", url: "/nonexistent/repository" });
    expect(await thrown(() => gone.vcs.refs(gone.source))).toMatchObject({
      code: "VCS_UNREACHABLE",
      message: expect.stringContaining("/nonexistent/repository"),
    });
    const closed = await opened({ kind: "git", url: "http://user:secret@127.0.0.1:9/x.git" });
    const error = await thrown(() => closed.vcs.refs(closed.source));
    expect(error.code).toBe("VCS_UNREACHABLE");
    expect(error.message).not.toContain("secret");
  });
});
