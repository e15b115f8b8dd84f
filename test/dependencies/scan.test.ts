import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scanObjects } from "../../src/dependencies/scan.ts";
import { writeElf } from "../helpers/elf-writer.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { wheelTree } from "../helpers/wheels.ts";

const object = writeElf({
  wide: true,
  littleEndian: true,
  machine: 62,
  needed: ["libz.so.1", "libc.so.6"],
  version: { library: "libz.so.1", node: "ZLIB_1.2.0" },
  symbol: "inflate",
});

test("objects are found by their bytes, whatever their name, in the order of the files", async () => {
  const root = await tempFiles({
    "opt/a/plain": object,
    "opt/a/lib.so": object,
    "opt/a/data.bin": object,
    "opt/a/code.py": "print()\n",
    "opt/a/fake.so": "this is text, and longer than the header of an ELF object has to be\n",
    "opt/a/short.so": object.subarray(0, 20),
    "opt/a/program.py": object,
    "opt/a/cached.pyc": object,
  });
  chmodSync(join(root, "opt/a/program.py"), 0o755);
  symlinkSync("lib.so", join(root, "opt/a/link.so"));
  const names = [
    "plain",
    "lib.so",
    "data.bin",
    "code.py",
    "fake.so",
    "short.so",
    "program.py",
    "cached.pyc",
    "link.so",
  ];
  const found = await scanObjects(
    root,
    names.map((name) => ({ path: `opt/a/${name}` })),
  );
  expect(found.map(({ path }) => path)).toEqual([
    "opt/a/plain",
    "opt/a/lib.so",
    "opt/a/data.bin",
    "opt/a/program.py",
  ]);
});

test("facts are plain data", async () => {
  const root = await tempFiles({ "opt/a/lib.so": object });
  const [facts] = await scanObjects(root, [{ path: "opt/a/lib.so", distribution: "a" }]);
  expect(JSON.parse(JSON.stringify(facts))).toEqual({
    path: "opt/a/lib.so",
    distribution: "a",
    abi: { class: 64, littleEndian: true, machine: 62, flags: 0, osAbi: 0 },
    libc: "glibc",
    needed: ["libz.so.1", "libc.so.6"],
    searchPath: [],
    versionNeeds: [{ library: "libz.so.1", versions: ["ZLIB_1.2.0"] }],
    symbols: ["inflate@ZLIB_1.2.0"],
  });
});

test("a damaged object is reported with its reason", async () => {
  const root = await tempFiles({ "opt/a/lib.so": object.subarray(0, 0x200) });
  const [facts] = await scanObjects(root, [{ path: "opt/a/lib.so" }]);
  expect(facts?.broken).toBe("name 1 is outside of its string table");
  expect(facts?.needed).toEqual([]);
});

test("a big wheel is scanned without reading it whole", async () => {
  const tree = await wheelTree("numpy==2.4.6");
  await scanObjects(tree.root, tree.files);
  const start = performance.now();
  const objects = await scanObjects(tree.root, tree.files);
  expect(objects.length).toBeGreaterThan(15);
  expect(performance.now() - start).toBeLessThan(3000);
});
