import { readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { opened } from "../helpers/open-source.ts";
import { svnRepository } from "../helpers/svn-repository.ts";
import { thrown } from "../helpers/thrown.ts";

it("lists trunk, branches and tags of a Subversion repository as they are there now", async () => {
  const { url, commit, run } = await svnRepository();
  commit("first", { a: "1" });
  run("copy", "--quiet", "--message=x", `${url}/trunk`, `${url}/branches/side`);
  run("copy", "--quiet", "--message=x", `${url}/trunk`, `${url}/tags/v1@0@`);
  const { vcs, source } = await opened({ kind: "svn", url });
  const names = async () => (await vcs.refs(source)).map(({ kind, name, commit: id }) => [kind, name, id]);
  expect(await names()).toEqual([
    ["branch", "side", "branches/side@3"],
    ["branch", "trunk", "trunk@2"],
    ["tag", "v1@0", "tags/v1@0@4"],
  ]);
  run("delete", "--quiet", "--message=x", `${url}/branches/side`);
  expect((await names()).map(([, name]) => name)).toEqual(["trunk", "v1@0"]);
  const flat = await opened({ kind: "svn", url: `${url}/trunk` });
  expect(await flat.vcs.refs(source)).toMatchObject([{ kind: "branch", name: "trunk", commit: ".@2" }]);
});

it("exports a Subversion revision, whole or a folder of it, without externals", async () => {
  const { url, copy, commit, run } = await svnRepository();
  const first = commit("first", {
    "api/run": { program: "#!/bin/sh\n" },
    "api/link": { link: "run" },
    "api/odd @ name": "odd",
    "web/x": "x",
  });
  run("propset", "--quiet", "svn:externals", `${url}/trunk/web outside\n/etc/ other`, copy);
  const second = commit("externals", { "web/x": "y" });
  const { vcs, source, output } = await opened({ kind: "svn", url });
  const tree = await vcs.export(source, `trunk@${second}`, output);
  expect(readdirSync(output).toSorted()).toEqual(["api", "web"]);
  expect(statSync(join(output, "api/run")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(output, "api/link"))).toBe("run");
  expect(readFileSync(join(output, "api/odd @ name"), "utf8")).toBe("odd");
  expect(statSync(join(output, "web/x")).mtime).toEqual(tree.date);
  const api = { path: "api" };
  await vcs.export(api, `trunk@${first}`, `${output}2`);
  expect(readdirSync(`${output}2`)).toEqual(["link", "odd @ name", "run"]);
  expect(await vcs.tree(api, `trunk@${first}`)).toBe(await vcs.tree(api, `trunk@${second}`));
  expect(await vcs.tree(source, `trunk@${first}`)).not.toBe(await vcs.tree(source, `trunk@${second}`));
  expect(await vcs.tree({ path: "none" }, `trunk@${first}`)).toBeUndefined();
  expect(await vcs.log(source, `trunk@${first}`, `trunk@${second}`)).toMatchObject([
    { id: "r3", subject: "externals", author: "jane" },
  ]);
  expect((await vcs.log(api, undefined, `trunk@${second}`)).map(({ subject }) => subject)).toEqual(["first"]);
});

it("a Subversion tag has the content of what it was copied from, until somebody changes it", async () => {
  const { url, copy, commit, run } = await svnRepository();
  const first = commit("first", { "web/a": "1", "api/a": "1" });
  run("copy", "--quiet", "--message=x", `${url}/trunk`, `${url}/tags/1.0`);
  run("copy", "--quiet", "--message=x", `${url}/tags/1.0`, `${url}/branches/side`);
  const { vcs, source } = await opened({ kind: "svn", url });
  const web = { path: "web" };
  for (const scope of [source, web]) {
    const trunk = await vcs.tree(scope, `trunk@${first}`);
    expect(await vcs.tree(scope, "tags/1.0@3")).toBe(trunk);
    expect(await vcs.tree(scope, "branches/side@4")).toBe(trunk);
  }
  run("delete", "--quiet", "--message=x", `${url}/branches/side/web/a`);
  expect(await vcs.tree(source, "branches/side@5")).not.toBe(await vcs.tree(source, `trunk@${first}`));
  expect(await vcs.tree(web, "branches/side@5")).not.toBe(await vcs.tree(web, `trunk@${first}`));
  expect(await vcs.tree({ path: "api" }, "branches/side@5")).toBe(
    await vcs.tree({ path: "api" }, `trunk@${first}`),
  );
  // A copy of a working copy with changes is no copy of anything.
  run("update", "--quiet");
  writeFileSync(join(copy, "web/a"), "2");
  run("copy", "--quiet", "--message=x", ".", `${url}/tags/2.0`);
  expect(await vcs.tree(source, "tags/2.0@6")).not.toBe(await vcs.tree(source, `trunk@${first}`));
});

it("tells where a Subversion revision stands, through the copies that made its branch", async () => {
  const { url, commit, run } = await svnRepository();
  const copy = (from: string, to: string) =>
    run("copy", "--quiet", "--message=x", `${url}/${from}`, `${url}/${to}`);
  const first = commit("first", { a: "1" });
  const { vcs, source } = await opened({ kind: "svn", url });
  const stands = async (id: string) => {
    const { tag, distance } = await vcs.describe(source, id);
    return [tag, distance];
  };
  expect(await stands(`trunk@${first}`)).toEqual([undefined, 2]);
  copy("trunk", "tags/1.0");
  copy("trunk", "tags/nightly");
  const second = commit("second", { a: "2" });
  copy("trunk", "branches/side");
  run("switch", "--quiet", `${url}/branches/side`);
  const side = commit("on the side", { a: "3" });
  copy("branches/side", "tags/1.1");
  const later = commit("later on the side", { a: "4" });
  expect(await stands(`trunk@${first}`)).toEqual(["1.0", 0]);
  expect(await stands("tags/1.0@3")).toEqual(["1.0", 0]);
  expect(await stands("tags/nightly@4")).toEqual(["1.0", 1]);
  expect(await stands(`trunk@${second}`)).toEqual(["1.0", 1]);
  expect(await stands(`branches/side@${side}`)).toEqual(["1.1", 0]);
  expect(await stands(`branches/side@${later}`)).toEqual(["1.1", 1]);
  run("delete", "--quiet", "--message=x", `${url}/tags/1.1`);
  expect(await vcs.describe({ versionTags: "1.0" }, `branches/side@${later}`)).toMatchObject({
    kind: "svn",
    tag: "1.0",
    distance: 4,
  });
});

it("refuses what is no Subversion revision or can't be reached", async () => {
  const { url, commit } = await svnRepository();
  const revision = commit("first", { a: "1", link: { link: "/etc/passwd" } });
  const { vcs, source, output } = await opened({ kind: "svn", url });
  for (const id of [
    "HEAD",
    "trunk",
    "trunk@0",
    "trunk@99",
    "tags/../trunk@2",
    "tags/..@2",
    "trunk@2\n",
    "-r@1",
  ])
    expect((await thrown(() => vcs.export(source, id, output))).code, id).toBe("VCS_BAD_COMMIT");
  expect((await thrown(() => vcs.export(source, `trunk@${revision}`, output))).code).toBe("VCS_UNSAFE_TREE");
  const gone = await opened({ kind: "svn", url: "file:///nonexistent/repository" });
  expect((await thrown(() => gone.vcs.refs(source))).code).toBe("VCS_UNREACHABLE");
});
