import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore, type Store } from "../../src/cache/store.ts";
import type { Compression, Layer, PackageEntry } from "../../src/deb/entry.ts";
import type { BuiltPackage } from "../../src/deb/types.ts";
import { writeDeb } from "../../src/deb/write.ts";
import { contentsOf, dataEntry, noise } from "../helpers/deb-contents.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const ENTRIES: Readonly<Record<string, readonly PackageEntry[]>> = {
  environment: [dataEntry("opt/hello/pyvenv.cfg", "home = /usr/bin\n")],
  "dist:big": [dataEntry("opt/hello/lib/big", noise(4_300_800))],
  "dist:one": [dataEntry("opt/hello/lib/one", "1\n")],
  "dist:two": [dataEntry("opt/hello/lib/two", noise(100_000))],
  project: [dataEntry("opt/hello/lib/project", "print(1)\n")],
  system: [dataEntry("usr/share/doc/hello/copyright", "MIT\n")],
};

interface World {
  readonly folder: string;
  readonly store: Store;
}

async function newWorld(): Promise<World> {
  const folder = await tempFiles({ "tmp/.keep": "" });
  const store = await openStore(join(folder, "cache"), recordingReporter());
  if (!store) throw new Error("no store");
  return { folder, store };
}

async function write(
  { folder, store }: World,
  compression: Compression,
  options: { readonly entries?: typeof ENTRIES; readonly cold?: boolean; readonly layers?: Layer[] } = {},
): Promise<BuiltPackage> {
  const contents = contentsOf(options.entries ?? ENTRIES, { compression });
  const layers = (options.layers ?? contents.layers).map((layer) =>
    Object.assign({ isKept: layer.id.startsWith("dist:") }, layer),
  );
  return await writeDeb({ ...contents, layers }, join(folder, "hello.deb"), {
    jobs: 2,
    temporaryDirectory: join(folder, "tmp"),
    ...(options.cold === true ? {} : { store }),
  });
}

/** The layers as a later build has them: nothing but what was kept. */
function storedLayers(built: BuiltPackage): Layer[] {
  return contentsOf(ENTRIES, {}).layers.map((layer) => {
    const packed = built.packed.get(layer.id);
    if (!layer.id.startsWith("dist:") || !packed) return layer;
    const entries = layer.entries.map((entry): PackageEntry => {
      if (entry.kind !== "data") return entry;
      return { kind: "stored", path: entry.path, mode: entry.mode, size: entry.data.length };
    });
    return { id: layer.id, mtime: layer.mtime, entries, packed };
  });
}

function blobs(folder: string): string[] {
  const root = join(folder, "cache/blobs");
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
}

const COMPRESSIONS: readonly Compression[] = ["xz", "zstd", "gzip", "none"];

test.each(COMPRESSIONS)(
  "%s: the store changes no byte, empty, full, or used for all it has",
  async (compression) => {
    const world = await newWorld();
    const cold = await write(world, compression, { cold: true });
    const first = await write(world, compression);
    const second = await write(world, compression);
    const stored = await write(world, compression, { layers: storedLayers(first) });
    expect([first.sha256, second.sha256, stored.sha256]).toEqual([cold.sha256, cold.sha256, cold.sha256]);
  },
  300_000,
);

test("a changed project makes no distribution's segment anew", async () => {
  const world = await newWorld();
  await write(world, "gzip");
  const before = new Set(blobs(world.folder));
  await write(world, "gzip", {
    entries: { ...ENTRIES, project: [dataEntry("opt/hello/lib/project", "2\n")] },
  });
  expect(blobs(world.folder).filter((path) => !before.has(path))).toEqual([]);
});

/** A layer of one wheel in the package of that name: four large files, two of them alike, and a small one. */
function wheelIn(name: string): typeof ENTRIES {
  const [first, second] = [noise(1_100_800), Buffer.from(noise(1_100_800)).reverse()];
  return {
    "dist:big": [
      dataEntry(`opt/${name}/lib/empty.bin`, Buffer.alloc(6_000_000)),
      dataEntry(`opt/${name}/lib/first.so`, first),
      dataEntry(`opt/${name}/lib/second.so.1`, second),
      dataEntry(`opt/${name}/lib/second.so.1.2`, Buffer.concat([second, Buffer.from("end")])),
      dataEntry(`opt/${name}/lib/code.py`, `PATH = "/opt/${name}"\n`),
    ],
  };
}

test("another package takes the blocks of large files that the first one has made, and is as without", async () => {
  const world = await newWorld();
  const cold = await write(world, "xz", { entries: wheelIn("other"), cold: true });
  await write(world, "xz", { entries: wheelIn("hello") });
  const before = new Set(blobs(world.folder));
  const second = await write(world, "xz", { entries: wheelIn("other") });
  expect(second.sha256).toBe(cold.sha256);
  const added = blobs(world.folder).filter((path) => !before.has(path));
  // The wheel's headers, small files and the two that are smaller together.
  expect(added.length).toBe(1);
  expect(statSync(added[0] ?? "").size).toBeGreaterThan(1_100_800);
  expect(statSync(added[0] ?? "").size).toBeLessThan(1_200_000);
  const again = await write(world, "xz", { entries: wheelIn("other") });
  expect(again.sha256).toBe(cold.sha256);
  execFileSync("dpkg-deb", ["--extract", again.path, join(world.folder, "tree")]);
  const copy = readFileSync(join(world.folder, "tree/opt/other/lib/second.so.1.2"));
  const made = Buffer.concat([Buffer.from(noise(1_100_800)).reverse(), Buffer.from("end")]);
  expect(copy.equals(made)).toBe(true);
}, 300_000);

test("large files' blocks that are damaged are made anew", async () => {
  const world = await newWorld();
  const first = await write(world, "xz", { entries: wheelIn("hello") });
  for (const path of blobs(world.folder)) writeFileSync(path, readFileSync(path).fill(7, 100, 200));
  expect((await write(world, "xz", { entries: wheelIn("hello") })).sha256).toBe(first.sha256);
}, 300_000);

test("damaged blobs are never packed: what can't be made anew is asked for, and then is right", async () => {
  const world = await newWorld();
  const first = await write(world, "gzip");
  for (const [index, path] of blobs(world.folder).entries())
    if (index % 2 === 0) truncateSync(path, statSync(path).size - 1);
    else writeFileSync(path, readFileSync(path).fill(7));
  const error = await thrown(() => write(world, "gzip", { layers: storedLayers(first) }));
  expect(error.code).toBe("CACHE_DAMAGED");
  expect((await write(world, "gzip")).sha256).toBe(first.sha256);
  expect((await write(world, "gzip", { layers: storedLayers(first) })).sha256).toBe(first.sha256);
});

test("small distributions are grouped anew from their kept tars", async () => {
  const world = await newWorld();
  const first = await write(world, "gzip");
  const { "dist:one": _gone, ...fewer } = ENTRIES;
  const cold = await write(world, "gzip", { entries: fewer, cold: true });
  const layers = storedLayers(first).filter(({ id }) => id !== "dist:one");
  expect((await write(world, "gzip", { layers })).sha256).toBe(cold.sha256);
});

test("a file that changes between two readings is told, not kept under a wrong name", async () => {
  const world = await newWorld();
  const source = join(world.folder, "moving");
  writeFileSync(source, noise(320_000));
  const { store } = world;
  // The store is asked for the segment after the first reading and before the second.
  const moving: Store = {
    ...store,
    readNote: async (kind, key) => {
      writeFileSync(source, noise(320_000).fill(1, 0, 10));
      return await store.readNote(kind, key);
    },
  };
  const file: PackageEntry = {
    kind: "file",
    path: "opt/hello/lib/project",
    mode: 0o644,
    source,
    size: 320_000,
  };
  const error = await thrown(() =>
    write({ ...world, store: moving }, "xz", { entries: { ...ENTRIES, project: [file] } }),
  );
  rmSync(source);
  expect(error.code).toBe("DEB_FILE_CHANGED");
});
