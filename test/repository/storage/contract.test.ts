import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/effects/host.ts";
import { openStorage } from "../../../src/repository/storage/open.ts";
import type { ListedObject, Storage } from "../../../src/repository/storage/types.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { hostWith, startVersitygw } from "../../helpers/versitygw.ts";
import { thrown } from "../../helpers/thrown.ts";

/** An empty place of each kind, and as many ways into it as are asked for: publishers of their own. */
const PLACES: readonly { readonly kind: string; open(count: number): Promise<Storage[]> }[] = [
  {
    kind: "directory",
    open: async (count) => {
      const folder = await tempFiles();
      return await Promise.all(Array.from({ length: count }, () => openStorage(folder, readHost())));
    },
  },
  {
    kind: "s3",
    open: async (count) => {
      const { bucket, env } = await startVersitygw();
      const url = `s3://${bucket}/apt/debian`;
      return await Promise.all(Array.from({ length: count }, () => openStorage(url, hostWith(env))));
    },
  },
];

const text = (content: string) => Buffer.from(content);

async function textOf(storage: Storage, path: string): Promise<string | undefined> {
  return (await storage.read(path))?.bytes.toString();
}

async function listed(storage: Storage, prefix: string): Promise<ListedObject[]> {
  return await gather(storage.list(prefix));
}

async function gather<T>(all: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const each of all) gathered.push(each);
  return gathered;
}

async function one(place: (typeof PLACES)[number]): Promise<Storage> {
  const [storage] = await place.open(1);
  if (storage === undefined) throw new Error("no storage");
  return storage;
}

describe.each(PLACES)("a storage of kind $kind", (place) => {
  it("has nothing at first", async () => {
    const storage = await one(place);
    expect(storage.kind).toBe(place.kind);
    expect(await storage.read("dists/stable/InRelease")).toBeUndefined();
    expect(await storage.stat("dists/stable/InRelease")).toBeUndefined();
    expect(await listed(storage, "")).toEqual([]);
    await storage.remove("dists/stable/InRelease");
  });

  it("creates an object once, and leaves one that is there", async () => {
    const storage = await one(place);
    expect(await storage.create("pool/main/h/hello.deb", text("one"))).toBe("created");
    expect(await storage.create("pool/main/h/hello.deb", text("two"))).toBe("exists");
    expect(await textOf(storage, "pool/main/h/hello.deb")).toBe("one");
    const facts = await storage.stat("pool/main/h/hello.deb");
    expect(facts?.size).toBe(3);
    const age = (await storage.now()).getTime() - (facts?.modified.getTime() ?? 0);
    expect(Math.abs(age)).toBeLessThan(10_000);
  });

  it("takes a file's bytes, and a later edit of that file changes nothing", async () => {
    const storage = await one(place);
    const file = join(await tempFiles({ "a.deb": "original" }), "a.deb");
    expect(await storage.create("pool/a.deb", { file })).toBe("created");
    expect(await storage.create("pool/a.deb", { file })).toBe("exists");
    await storage.write("plain", { file });
    const { version } = await committed(storage, "head", { file }, undefined);
    await writeFile(file, "edited in its place");
    expect(await textOf(storage, "pool/a.deb")).toBe("original");
    expect(await textOf(storage, "plain")).toBe("original");
    expect(await storage.read("head")).toEqual({ bytes: text("original"), version });
  });

  it.each([20, 12_000_000])("refuses a file of %d bytes that was changed since it was read", async (size) => {
    const storage = await one(place);
    const bytes = Buffer.alloc(size, "a");
    const file = join(await tempFiles({ "a.deb": bytes }), "a.deb");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await storage.create("pool/a.deb", { file, sha256 })).toBe("created");
    await writeFile(file, Buffer.alloc(size, "b"));
    const error = await thrown(async () => storage.create("pool/b.deb", { file, sha256 }));
    expect(error.code).toBe("REPO_FILE_CHANGED");
    expect((await listed(storage, "")).map(({ path }) => path)).toEqual(["pool/a.deb"]);
  });

  it("replaces what has the expected version, and nothing else", async () => {
    const storage = await one(place);
    expect(await storage.replace("head", text("a"), "no such version")).toBe("conflict");
    expect(await storage.read("head")).toBeUndefined();
    const first = await committed(storage, "head", text("a"), undefined);
    expect(await storage.replace("head", text("b"), undefined)).toBe("conflict");
    expect((await storage.read("head"))?.version).toBe(first.version);
    const second = await committed(storage, "head", text("b"), first.version);
    expect(second.version).not.toBe(first.version);
    expect(await storage.replace("head", text("c"), first.version)).toBe("conflict");
    expect(await storage.read("head")).toEqual({ bytes: text("b"), version: second.version });
  });

  it("writes over what is there, copies and removes", async () => {
    const storage = await one(place);
    await storage.write("Release", text("a"));
    await storage.write("Release", text("b"));
    await storage.create("by-hash/1", text("one"));
    await storage.create("by-hash/2", text("two"));
    await storage.copy("by-hash/1", "Packages");
    expect(await textOf(storage, "Packages")).toBe("one");
    await storage.copy("by-hash/2", "Packages");
    await storage.copy("by-hash/2", "Packages");
    await storage.copy("by-hash/1", "Release");
    expect(await textOf(storage, "Packages")).toBe("two");
    expect(await textOf(storage, "Release")).toBe("one");
    await storage.write("Packages", text("three"));
    expect(await textOf(storage, "by-hash/2")).toBe("two");
    await storage.remove("by-hash/2");
    await storage.remove("by-hash/2");
    expect((await listed(storage, "")).map(({ path }) => path)).toEqual(["Packages", "Release", "by-hash/1"]);
  });

  it("lists below a prefix, in the order of paths", async () => {
    const storage = await one(place);
    const paths = ["pool/a.b/x", "pool/a/x", "pool/a-b", "pool/B", "pool/ab/y/z", "dists/x", "poolish"];
    await Promise.all(paths.map((path) => storage.create(path, text(path))));
    const all = (await listed(storage, "")).map(({ path }) => path);
    expect(all).toEqual([...paths].sort());
    const below = await listed(storage, "pool/");
    expect(below.map(({ path }) => path)).toEqual(all.filter((path) => path.startsWith("pool/")));
    expect(below.map(({ size }) => size)).toEqual(below.map(({ path }) => path.length));
    expect((await listed(storage, "pool/a/")).map(({ path }) => path)).toEqual(["pool/a/x"]);
    expect((await listed(storage, "pool/a")).map(({ path }) => path)).toEqual([
      "pool/a-b",
      "pool/a.b/x",
      "pool/a/x",
      "pool/ab/y/z",
    ]);
    expect(await listed(storage, "none/")).toEqual([]);
  });

  it("streams what is big", async () => {
    const storage = await one(place);
    const bytes = Buffer.alloc(3_000_000, "0123456789");
    await storage.create("big", bytes);
    const pieces = await gather(storage.stream("big"));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    const error = await thrown(async () => gather(storage.stream("none")));
    expect(error.code).toBe("REPO_OBJECT_MISSING");
    for await (const piece of storage.stream("big")) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });

  it("refuses paths that lead elsewhere", async () => {
    const storage = await one(place);
    const paths = [
      "",
      "/etc/x",
      "../x",
      "a/../../x",
      "a/./x",
      "a//x",
      "a/",
      "a\0b",
      "a\nb",
      "a\\b",
      "x".repeat(300),
    ];
    for (const path of paths) {
      for (const run of [
        async () => storage.read(path),
        async () => storage.create(path, text("")),
        async () => storage.write(path, text("")),
        async () => storage.remove(path),
        async () => storage.copy(path, "x"),
        async () => storage.replace(path, text(""), undefined),
        async () => storage.stat(path),
        async () => gather(storage.stream(path)),
      ])
        expect((await thrown(run)).code).toBe("REPO_BAD_PATH");
    }
    expect((await thrown(async () => listed(storage, "../"))).code).toBe("REPO_BAD_PATH");
    expect(await listed(storage, "")).toEqual([]);
  });

  it("lets one of 20 creators win, who each see a whole object", async () => {
    const storages = await place.open(20);
    const outcomes = await Promise.all(
      storages.map(async (storage, index) => storage.create("race", Buffer.alloc(200_000, `${index % 10}`))),
    );
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    const bytes = await textOf(storages[0] ?? (await one(place)), "race");
    expect(bytes).toMatch(/^(\d)\1{199999}$/);
  });

  it("loses no replacement of 8 that count at once", async () => {
    const storages = await place.open(8);
    await Promise.all(storages.map(async (storage) => countUp(storage, 5)));
    expect(await textOf(storages[0] ?? (await one(place)), "count")).toBe("40");
  });

  it("loses no replacement within exclusive runs", async () => {
    const storages = await place.open(6);
    await Promise.all(storages.map(async (storage) => storage.exclusively(async () => countUp(storage, 2))));
    expect(await textOf(storages[0] ?? (await one(place)), "count")).toBe("12");
  });
});

async function committed(
  storage: Storage,
  path: string,
  content: Parameters<Storage["replace"]>[1],
  expected: string | undefined,
): Promise<{ readonly version: string }> {
  const outcome = await storage.replace(path, content, expected);
  if (outcome === "conflict") throw new Error("a conflict");
  return outcome;
}

async function countUp(storage: Storage, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const head = await storage.read("count");
    const next = Buffer.from(String(Number(head?.bytes.toString() ?? "0") + 1));
    if ((await storage.replace("count", next, head?.version)) !== "conflict") done++;
  }
}
