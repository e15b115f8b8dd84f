import { readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hgRepository } from "../helpers/hg-repository.ts";
import { opened } from "../helpers/open-source.ts";
import { thrown } from "../helpers/thrown.ts";

it("lists open branches, bookmarks and tags of a Mercurial repository as they are there now", async () => {
  const repository = await hgRepository();
  const first = repository.commit("first", { a: "1" });
  repository.run("tag", "v1.0");
  repository.run("bookmark", "--inactive", "mark");
  repository.run("branch", "--quiet", "side");
  const side = repository.commit("on the side", { b: "1" });
  const { vcs, source } = await opened({ kind: "hg", url: repository.path });
  const names = async () => (await vcs.refs(source)).map(({ kind, name, commit }) => [kind, name, commit]);
  const tagging = repository.run("log", "--rev=1", "--template={node}");
  expect(await names()).toEqual([
    ["branch", "default", tagging],
    ["branch", "mark", tagging],
    ["branch", "side", side],
    ["tag", "v1.0", first],
  ]);
  repository.run("bookmark", "--delete", "mark");
  repository.run("commit", "--quiet", "--close-branch", "--message=done");
  expect((await names()).map(([, name]) => name)).toEqual(["default", "v1.0"]);
  repository.run("--config=extensions.strip=", "strip", "--quiet", "--no-backup", "--rev=1:");
  expect(await names()).toEqual([["branch", "default", first]]);
});

it("exports a Mercurial commit, whole or a folder of it, without its own data", async () => {
  const repository = await hgRepository();
  const first = repository.commit("first", {
    "api/run": { program: "#!/bin/sh\n" },
    "api/link": { link: "run" },
    "web/x": "x",
    ".hgignore": "syntax: glob\n",
    README: "1",
    Readme: "2",
  });
  const second = repository.commit("second", { "web/x": "y" });
  const { vcs, source, output } = await opened({ kind: "hg", url: `file://${repository.path}` });
  const tree = await vcs.export(source, first, output);
  expect(readdirSync(output).toSorted()).toEqual([".hgignore", "README", "Readme", "api", "web"]);
  expect(tree.date).toEqual(new Date(1_700_000_060_000));
  expect(statSync(join(output, "api/run")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(output, "api/link"))).toBe("run");
  expect(readFileSync(join(output, "web/x"), "utf8")).toBe("x");
  const api = { path: "api" };
  await vcs.export(api, second, `${output}2`);
  expect(readdirSync(`${output}2`).toSorted()).toEqual(["link", "run"]);
  expect(await vcs.tree(api, first)).toBe(await vcs.tree(api, second));
  expect(await vcs.tree(source, first)).not.toBe(await vcs.tree(source, second));
  expect(await vcs.tree({ path: "ap" }, first)).toBeUndefined();
  expect(await vcs.log(api, undefined, second)).toMatchObject([
    { id: first, subject: "first", author: "Jane Doe" },
  ]);
  expect(await vcs.log(source, first, second)).toMatchObject([{ id: second, subject: "second" }]);
});

it("tells where a Mercurial commit stands", async () => {
  const repository = await hgRepository();
  const first = repository.commit("first", { a: "1" });
  repository.run("tag", "--rev=0", "v1.0", "nightly");
  const third = repository.commit("third", { a: "3" });
  const { vcs, source, commitOf } = await opened({ kind: "hg", url: repository.path });
  expect(await commitOf("default")).toBe(third);
  expect(await vcs.describe(source, first)).toMatchObject({ kind: "hg", tag: "v1.0", distance: 0 });
  expect(await vcs.describe(source, third)).toMatchObject({ tag: "v1.0", distance: 2, commit: third });
  const untagged = await vcs.describe({ versionTags: "api-*" }, third);
  expect(untagged).toMatchObject({ distance: 3 });
  expect(untagged.tag).toBeUndefined();
});

it("runs no hook and no extension that a Mercurial repository names", async () => {
  const repository = await hgRepository();
  const commit = repository.commit("first", { a: "1" });
  const mark = join(repository.path, "..", "mark");
  const evil = join(repository.path, "evil.py");
  writeFileSync(evil, `open(${JSON.stringify(mark)}, "w").close()\n`);
  writeFileSync(
    join(repository.path, ".hg/hgrc"),
    `[extensions]\nevil = ${evil}\n[hooks]\npreoutgoing = touch ${mark}\noutgoing = touch ${mark}\n`,
  );
  const { vcs, source, output } = await opened({ kind: "hg", url: repository.path });
  await vcs.refs(source);
  await vcs.export(source, commit, output);
  expect(readdirSync(join(repository.path, ".."))).toEqual(["repository"]);
});

it("refuses what is no Mercurial commit or can't be reached", async () => {
  const repository = await hgRepository();
  repository.commit("first", { a: "1", link: { link: "../../etc/passwd" } });
  const { vcs, source, output, commitOf } = await opened({ kind: "hg", url: repository.path });
  for (const commit of ["tip", "--debugger", "all()", "f".repeat(40), "0".repeat(40), "a".repeat(40)])
    expect((await thrown(() => vcs.export(source, commit, output))).code).toBe("VCS_BAD_COMMIT");
  const tip = await commitOf("default");
  expect((await thrown(() => vcs.export(source, tip, output))).code).toBe("VCS_UNSAFE_TREE");
  const gone = await opened({ kind: "hg", url: "/nonexistent/repository" });
  expect((await thrown(() => gone.vcs.refs(source))).code).toBe("VCS_UNREACHABLE");
});
