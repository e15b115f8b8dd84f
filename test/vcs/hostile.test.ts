import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gitRepository, type GitRepository } from "../helpers/git-repository.ts";
import { opened } from "../helpers/open-source.ts";
import { thrown } from "../helpers/thrown.ts";

it.each(["HEAD", "main", "--output=x", "-x", "HEAD:secret", "0".repeat(40), "abc", "A".repeat(40), "main\n"])(
  "takes %j for no commit",
  async (commit) => {
    const { vcs, source, output } = await opened({ kind: "git", url: "/nonexistent" });
    for (const run of [() => vcs.export(source, commit, output), () => vcs.describe(source, commit)])
      expect((await thrown(run)).code).toBe("VCS_BAD_COMMIT");
  },
);

it("runs nothing that a git repository names: hooks, filters, programs of its settings", async () => {
  const repository = await gitRepository();
  const mark = join(repository.path, "../mark");
  const commit = repository.commit("first", {
    a: "text",
    ".gitattributes": "* filter=evil diff=evil export-subst ident\n",
    ".lfsconfig": "[lfs]\n",
  });
  for (const name of ["post-checkout", "post-upload-pack", "pre-auto-gc", "reference-transaction"])
    writeFileSync(join(repository.path, ".git/hooks", name), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
  for (const [key, value] of [
    ["filter.evil.smudge", `touch ${mark}; cat`],
    ["filter.evil.process", `touch ${mark}`],
    ["core.fsmonitor", `touch ${mark}`],
    ["uploadpack.packObjectsHook", `touch ${mark}; exec "$@"`],
    ["tar.tar.command", `touch ${mark}; cat`],
    ["core.pager", `touch ${mark}`],
  ] as const)
    repository.run(["config", key, value]);
  rmSync(mark, { force: true });
  const { vcs, source, output } = await opened({ kind: "git", url: repository.path });
  await vcs.refs(source);
  await vcs.export(source, commit, output);
  await vcs.log(source, undefined, commit);
  expect(readdirSync(output)).toContain("a");
  expect(existsSync(mark)).toBe(false);
});

it("refuses links out of the tree, also out of the folder of a source", async () => {
  const repository = await gitRepository();
  const commit = repository.commit("first", { "api/license": { link: "../LICENSE" }, LICENSE: "x" });
  const { vcs, output, source } = await opened({ kind: "git", url: repository.path });
  await vcs.export(source, commit, output);
  const error = await thrown(() => vcs.export({ path: "api" }, commit, `${output}2`));
  expect(error).toMatchObject({ code: "VCS_UNSAFE_TREE", hint: expect.stringContaining("folder") });
  expect(existsSync(`${output}2`)).toBe(false);
});

/** Writes a tree object that git itself would not make, and a commit of it. */
function rawCommit(
  repository: GitRepository,
  entries: readonly (readonly [string, string, string])[],
): string {
  const file = join(repository.path, "../tree");
  const parts = entries.map(([mode, name, id]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]),
  );
  writeFileSync(file, Buffer.concat(parts));
  const tree = repository.run(["hash-object", "-t", "tree", "-w", "--literally", file]);
  const commit = repository.run(["commit-tree", "-m", "evil", tree]);
  repository.run(["update-ref", "refs/heads/evil", commit]);
  return commit;
}

it.each([
  ["a path out of the tree", "..", "40000"],
  ["the data of git", ".git", "40000"],
  ["the data of git for other file systems", ".GIT", "40000"],
  ["a dot", ".", "40000"],
  ["a slash in a name", "a/../../b", "100644"],
])("does not take over a git repository with %s", async (_, name, mode) => {
  const repository = await gitRepository();
  repository.commit("first", { "d/f": "x" });
  const id = repository.run(["rev-parse", mode === "40000" ? "HEAD:d" : "HEAD:d/f"]);
  rawCommit(repository, [[mode, name, id]]);
  const { vcs, source, cache } = await opened({ kind: "git", url: repository.path });
  expect((await thrown(() => vcs.refs(source))).code).toBe("VCS_UNREACHABLE");
  expect(readdirSync(cache)).toEqual(["vcs"]);
});

it("stops at a git commit of a billion files that takes no space", async () => {
  const repository = await gitRepository();
  repository.commit("first", { f: "x" });
  let id = repository.run(["rev-parse", "HEAD:f"]);
  for (let depth = 0; depth < 9; depth++) {
    const mode = depth === 0 ? "100644 blob" : "040000 tree";
    const lines = Array.from({ length: 10 }, (_, index) => `${mode} ${id}\td${index}\n`);
    id = repository.run(["mktree"], lines.join(""));
  }
  const commit = repository.run(["commit-tree", "-m", "bomb", id]);
  repository.run(["update-ref", "refs/heads/main", commit]);
  const { vcs, source, output } = await opened({ kind: "git", url: repository.path });
  expect(await vcs.tree(source, commit)).toBe(id);
  const error = await thrown(() => vcs.export(source, commit, output));
  expect(error.code).toBe("VCS_TOO_BIG");
});

it.each([
  ["libs/x", "ext::sh -c 'touch mark'", "VCS_BAD_URL"],
  ["libs/x", "--upload-pack=touch mark", "VCS_UNREACHABLE"],
  ["libs/x", "ssh://-oProxyCommand=touch/x", "VCS_BAD_URL"],
  ["libs/x", "../../../../../../../../../../etc", "VCS_BAD_SUBMODULE"],
  ["other/path", "https://example.org/x", "VCS_BAD_SUBMODULE"],
])("brings no submodule whose .gitmodules says %s is at %s", async (path, url, code) => {
  const repository = await gitRepository();
  repository.commit("first", { ".gitmodules": `[submodule "x"]\n\tpath = ${path}\n\turl = "${url}"\n` });
  repository.run(["update-index", "--add", "--cacheinfo", `160000,${"a".repeat(40)},libs/x`]);
  repository.run(["commit", "--quiet", "-m", "link"]);
  const commit = repository.run(["rev-parse", "HEAD"]);
  const { vcs, source, output } = await opened({ kind: "git", url: repository.path });
  const error = await thrown(() => vcs.export({ submodules: true }, commit, output));
  expect(existsSync(output)).toBe(false);
  // git itself refuses to fetch some of them.
  if (code === "VCS_UNREACHABLE") expect(error.message).toContain("gitmodulesUrl");
  else await vcs.export(source, commit, output);
  expect(error.code).toBe(code);
});

it("says that a file is kept elsewhere by git-lfs", async () => {
  const repository = await gitRepository();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 1\n`;
  const commit = repository.commit("first", { "data.bin": pointer });
  const { vcs, source, output } = await opened({ kind: "git", url: repository.path });
  expect(await thrown(() => vcs.export(source, commit, output))).toMatchObject({
    code: "VCS_LFS",
    message: expect.stringContaining("data.bin"),
  });
});
