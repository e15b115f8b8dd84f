import { link, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/effects/host.ts";
import { withFileLock } from "../../../src/effects/file-lock.ts";
import { lockError, withPlainErrors } from "../../../src/repository/storage/directory-errors.ts";
import { openStorage } from "../../../src/repository/storage/open.ts";
import type { Storage } from "../../../src/repository/storage/types.ts";
import { runStorageChild, startStorageChild } from "../../helpers/storage-child.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const text = (content: string) => Buffer.from(content);

async function opened(files: Readonly<Record<string, string>> = {}) {
  const folder = await tempFiles(files);
  return { folder, storage: await openStorage(folder, readHost()) };
}

async function paths(storage: Storage, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of storage.list(prefix)) found.push(path);
  return found;
}

async function mtimeSeconds(path: string): Promise<number> {
  return Math.floor((await stat(path)).mtimeMs / 1000);
}

describe("a repository in a folder", () => {
  it("is opened by a relative path, an absolute one and a file URL, and made when something is written", async () => {
    const folder = await tempFiles();
    const host = { ...readHost(), cwd: folder };
    const relative = await openStorage("new/apt", host);
    expect(await paths(relative)).toEqual([]);
    await relative.write("a", text("x"));
    const url = await openStorage(`file://${folder}/new/apt`, host);
    expect(await paths(url)).toEqual(["a"]);
    expect(url.url).toBe(join(folder, "new/apt"));
    expect((await thrown(async () => openStorage("new/apt/a", host))).code).toBe("REPO_NO_FOLDER");
  });

  it("is readable by the web server, whatever the user's umask is", async () => {
    const { folder, storage } = await opened();
    const code = `
      await storage.create("pool/main/h/a.deb", Buffer.from("x"));
      await storage.create("pool/main/h/b.deb", { file: process.argv[1] + "/source" });
      await storage.replace("dists/stable/InRelease", Buffer.from("x"), undefined);
      await storage.copy("pool/main/h/a.deb", "dists/stable/copy");`;
    await writeFile(join(folder, "source"), "x", { mode: 0o600 });
    expect(await runStorageChild(folder, code, "umask 077")).toBe("");
    const modes = await Promise.all(
      [
        "pool",
        "pool/main/h",
        "pool/main/h/a.deb",
        "pool/main/h/b.deb",
        "dists/stable/InRelease",
        "venvdeb",
      ].map(async (path) => ((await stat(join(folder, path))).mode & 0o7777).toString(8)),
    );
    expect(modes).toEqual(["755", "755", "644", "644", "644", "755"]);
    expect(await paths(storage, "dists/")).toEqual(["dists/stable/InRelease", "dists/stable/copy"]);
  });

  it("gives what replaces a file a later time, in whole seconds", async () => {
    const { folder, storage } = await opened();
    const head = join(folder, "InRelease");
    let version: string | undefined;
    let former = 0;
    for (const content of ["a", "b", "c"]) {
      const outcome = await storage.replace("InRelease", text(content), version);
      if (outcome === "conflict") throw new Error("a conflict");
      version = outcome.version;
      const now = await mtimeSeconds(head);
      expect(now).toBeGreaterThan(former);
      former = now;
    }
    await storage.write("InRelease", text("d"));
    expect(await mtimeSeconds(head)).toBeGreaterThan(former);
  });

  it("gives a copy of an old object a later time too, and leaves the object's", async () => {
    const { folder, storage } = await opened();
    await storage.create("by-hash/old", text("old"));
    await storage.create("by-hash/new", text("new"));
    await utimes(join(folder, "by-hash/old"), 1_000_000, 1_000_000);
    await storage.copy("by-hash/new", "Packages");
    const before = await mtimeSeconds(join(folder, "Packages"));
    await storage.copy("by-hash/old", "Packages");
    expect(await readFile(join(folder, "Packages"), "utf8")).toBe("old");
    expect(await mtimeSeconds(join(folder, "Packages"))).toBeGreaterThan(before);
    expect(await mtimeSeconds(join(folder, "by-hash/old"))).toBe(1_000_000);
    const [copied, source] = [await stat(join(folder, "by-hash/new")), await stat(join(folder, "Packages"))];
    expect(copied.ino).not.toBe(source.ino);
  });

  it("makes a copy without moving bytes", async () => {
    const { folder, storage } = await opened();
    await storage.create("by-hash/1", text("one"));
    await storage.copy("by-hash/1", "Packages");
    expect((await stat(join(folder, "Packages"))).ino).toBe((await stat(join(folder, "by-hash/1"))).ino);
  });

  it("follows no symlink, neither as a folder nor as an object", async () => {
    const { folder, storage } = await opened();
    const outside = await tempFiles({ secret: "secret" });
    await symlink(outside, join(folder, "pool"));
    await symlink(join(outside, "secret"), join(folder, "InRelease"));
    for (const path of ["pool/secret", "pool/new/a.deb", "InRelease"])
      for (const run of [
        async () => storage.read(path),
        async () => storage.create(path, text("x")),
        async () => storage.write(path, text("x")),
        async () => storage.replace(path, text("x"), undefined),
        async () => storage.copy(path, "x"),
      ])
        expect((await thrown(run)).code).toBe("REPO_BAD_PATH");
    expect((await thrown(async () => paths(storage, "pool/"))).code).toBe("REPO_BAD_PATH");
    expect((await thrown(async () => storage.remove("pool/secret"))).code).toBe("REPO_BAD_PATH");
    await storage.exclusively(async () => undefined);
    expect(await paths(storage)).toEqual([]);
    expect(await readdir(outside)).toEqual(["secret"]);
  });

  it("refuses a file where a folder must be, and a folder where a file must be", async () => {
    const { folder, storage } = await opened({ file: "x" });
    await mkdir(join(folder, "folder"));
    expect(await storage.read("file/a")).toBeUndefined();
    expect(await storage.read("folder")).toBeUndefined();
    for (const path of ["file/a", "folder"])
      for (const run of [
        async () => storage.create(path, text("x")),
        async () => storage.write(path, text("x")),
      ])
        expect((await thrown(run)).code).toBe("REPO_BAD_PATH");
    expect((await readdir(folder)).toSorted()).toEqual(["file", "folder"]);
  });

  it("takes empty folders away with what was in them, while others write there", async () => {
    const { folder, storage } = await opened();
    await storage.create("pool/main/h/a.deb", text("x"));
    await storage.remove("pool/main/h/a.deb");
    expect(await readdir(folder)).toEqual([]);
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        await storage.create(`pool/main/h/${index}.deb`, text("x"));
        if (index % 2 === 0) await storage.remove(`pool/main/h/${index}.deb`);
      }),
    );
    expect(await paths(storage)).toHaveLength(25);
  });

  it("does not show what a killed writer left, and removes it when it is old", async () => {
    const { folder, storage } = await opened({
      "pool/.venvdeb-partial.old": "half",
      "pool/.venvdeb-partial.new": "half",
      "pool/a.deb": "whole",
    });
    await utimes(join(folder, "pool/.venvdeb-partial.old"), 1_000_000, 1_000_000);
    expect(await paths(storage)).toEqual(["pool/a.deb"]);
    expect((await readdir(join(folder, "pool"))).toSorted()).toEqual([".venvdeb-partial.new", "a.deb"]);
    expect((await thrown(async () => storage.read("pool/.venvdeb-partial.new"))).code).toBe("REPO_BAD_PATH");
  });
});

describe("what the machine refuses is said plainly, and nothing stays", () => {
  it("REPO_DISK_FULL", async () => {
    const folder = await tempFiles({ "source.deb": "x".repeat(200_000) });
    const code = `
      await storage.write("full/head", Buffer.from("head"));
      const run = { create: () => storage.create("full/pool/a", Buffer.alloc(200000)),
        file: () => storage.create("full/pool/b", { file: process.argv[1] + "/source.deb" }),
        replace: () => storage.write("full/head", Buffer.alloc(200000)) };
      for (const [name, act] of Object.entries(run))
        await act().then(() => console.log(name, "written"), ({ code, message }) => console.log(name, code, message));
      for await (const { path, size } of storage.list("full/")) console.log(path, size);
      console.log((await import("node:fs")).readdirSync(process.argv[1] + "/full", { recursive: true }).sort().join());`;
    const full = join(folder, "full");
    await mkdir(full);
    const said = await runStorageChild(folder, code, `mount -t tmpfs -o size=64k none '${full}'`);
    const message = `no space is left in "${folder}"`;
    expect(said.trim().split("\n")).toEqual([
      `create REPO_DISK_FULL Cannot write "full/pool/a": ${message}`,
      `file REPO_DISK_FULL Cannot write "full/pool/b": ${message}`,
      `replace REPO_DISK_FULL Cannot write "full/head": ${message}`,
      "full/head 4",
      "head,pool",
    ]);
  });

  it("REPO_NO_ACCESS", async () => {
    const folder = await tempFiles();
    const code = `
      await storage.create("a", Buffer.from("x")).catch(({ code, message }) => console.log(code, message));
      await storage.exclusively(async () => console.log("alone")).catch(({ code }) => console.log(code));`;
    const said = await runStorageChild(folder, code, `mount --bind -o ro '${folder}' '${folder}'`);
    expect(said).toMatch(/^REPO_NO_ACCESS Cannot write "a" in ".*".*read-only.*\nREPO_NO_ACCESS\n$/);
    const { storage } = await opened();
    const error = await thrown(async () => storage.create("a", { file: join(folder, "none.deb") }));
    expect(error.code).toBe("REPO_NO_ACCESS");
    expect(error.message).toContain("none.deb");
  });

  it("REPO_NO_HARD_LINKS", async () => {
    const folder = await tempFiles();
    // Of a folder there is no second name: the kernel answers as it does where no file may have one.
    const run = async () => link(folder, `${folder}-other`);
    const error = await thrown(async () => withPlainErrors(folder, "write", "a", run));
    expect(error.code).toBe("REPO_NO_HARD_LINKS");
  });

  it("REPO_LOCKED", async () => {
    const folder = await tempFiles();
    const failure = lockError(folder, 0);
    const run = async () => withFileLock(join(folder, "lock"), { seconds: 0, failure }, async () => "done");
    const error = await withFileLock(join(folder, "lock"), { seconds: 0, failure }, async () => thrown(run));
    expect(error.code).toBe("REPO_LOCKED");
    expect(error.hint).toContain("fuser");
    expect(await run()).toBe("done");
  });
});

describe("publishers in processes of their own", () => {
  const ADD = `
    for (let n = 0; n < 5; ) {
      const head = await storage.read("head");
      const entries = (head?.bytes.toString() ?? "") + NAME + n + "\\n";
      if ((await storage.replace("head", Buffer.from(entries), head?.version)) !== "conflict") n++;
    }`;

  it("lose no replacement", async () => {
    const { folder, storage } = await opened();
    const names = ["a", "b", "c", "d", "e", "f"];
    const said = await Promise.all(
      names.map(async (name) => runStorageChild(folder, ADD.replace("NAME", JSON.stringify(name)))),
    );
    expect(said.join("")).toBe("");
    const entries = (await storage.read("head"))?.bytes.toString().trim().split("\n");
    expect(entries?.toSorted()).toEqual(names.flatMap((name) => [0, 1, 2, 3, 4].map((n) => `${name}${n}`)));
  });

  it("run one after the other in `exclusively`, which may be nested and holds the replacements in it", async () => {
    const { folder, storage } = await opened();
    const code = `await storage.exclusively(() => storage.exclusively(async () => {${ADD}}));`;
    const runs = ["a", "b", "c"].map(async (name) =>
      runStorageChild(folder, code.replace("NAME", JSON.stringify(name))),
    );
    expect((await Promise.all(runs)).join("")).toBe("");
    const order = (await storage.read("head"))?.bytes.toString().replaceAll(/\d\n/g, "");
    expect(order).toMatch(/^(?:a{5}|b{5}|c{5}){3}$/);
  });

  it("free the lock at once when they are killed", async () => {
    const { folder, storage } = await opened();
    const holder = startStorageChild(
      folder,
      `await storage.exclusively(() => { console.log("alone"); return new Promise((r) => setTimeout(r, 60_000)); });`,
    );
    await waitFor(async () => holder.said().includes("alone") || undefined, { what: "the lock" });
    holder.process.kill("SIGKILL");
    await holder.ended;
    const started = performance.now();
    await storage.exclusively(async () => undefined);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("leave whole objects only, killed at any moment", async () => {
    const { folder, storage } = await opened();
    const code = `
      for (let n = 0; ; n++) {
        await storage.create("pool/" + process.pid + "/" + n, Buffer.alloc(300_000, n % 10 + ""));
        await storage.write("head", Buffer.alloc(300_000, n % 10 + ""));
        console.log(n);
      }`;
    for (const milliseconds of [1, 7, 19, 33, 60]) {
      const writer = startStorageChild(folder, code);
      await waitFor(async () => writer.said().includes("0") || undefined, { what: "the first object" });
      await new Promise((wake) => setTimeout(wake, milliseconds));
      writer.process.kill("SIGKILL");
      await writer.ended;
    }
    for await (const { path, size } of storage.list("")) {
      expect([path, size]).toEqual([path, 300_000]);
      expect((await storage.read(path))?.bytes.toString()).toMatch(/^(\d)\1+$/);
    }
    expect((await paths(storage, "pool/")).length).toBeGreaterThan(4);
  });
});
