import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseElf } from "../../src/dependencies/elf.ts";
import { readElf } from "../../src/dependencies/read-elf.ts";
import { writeElf } from "../helpers/elf-writer.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";
import { wheelTree } from "../helpers/wheels.ts";

describe("hand-made objects of every form", () => {
  test.each([
    { wide: true, littleEndian: true, machine: 62 },
    { wide: true, littleEndian: false, machine: 21 },
    { wide: false, littleEndian: true, machine: 3 },
    { wide: false, littleEndian: false, machine: 20 },
  ])("class wide=$wide, little endian=$littleEndian", (layout) => {
    const object = parseElf(
      writeElf({
        ...layout,
        needed: ["libpq.so.5", "libc.so.6"],
        soname: "libmine.so.1",
        runpath: "$ORIGIN/../libs:/opt/x",
        version: { library: "libc.so.6", node: "GLIBC_2.28" },
        symbol: "stat64",
      }),
    );
    expect(object).toMatchObject({
      class: layout.wide ? 64 : 32,
      littleEndian: layout.littleEndian,
      machine: layout.machine,
      type: "shared",
      soname: "libmine.so.1",
      needed: ["libpq.so.5", "libc.so.6"],
      rpath: [],
      runpath: ["$ORIGIN/../libs", "/opt/x"],
      versionNeeds: [{ library: "libc.so.6", versions: ["GLIBC_2.28"] }],
      static: false,
      libc: "glibc",
    });
    expect(object?.undefinedSymbols()).toEqual([
      { name: "stat64", version: "GLIBC_2.28", library: "libc.so.6" },
    ]);
  });
});

describe("what is no object, or none that can be read", () => {
  test.each([
    ["an empty file", new Uint8Array()],
    ["text", Buffer.from("#!/bin/sh\n")],
    ["three bytes of the magic", Uint8Array.of(0x7f, 0x45, 0x4c)],
  ])("%s is not an ELF object", (_, bytes) => expect(parseElf(bytes)).toBeUndefined());

  const whole = writeElf({ wide: true, littleEndian: true, machine: 62, needed: ["libz.so.1"] });
  const changed = (at: number, ...values: number[]) => {
    const bytes = Uint8Array.from(whole);
    bytes.set(values, at);
    return bytes;
  };
  test.each([
    ["cut off in its header", whole.subarray(0, 40), /ends at 40/],
    ["cut off before its strings", whole.subarray(0, 0x300), /outside of its string table|ends at/],
    ["an unknown class", changed(4, 7), /class is 7/],
    ["an unknown byte order", changed(5, 9), /byte order is 9/],
    ["an unknown version", changed(6, 2), /version is 2/],
    [
      "program headers beyond the end",
      changed(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      /ends at/,
    ],
    ["program headers that are too small", changed(54, 8, 0), /8 bytes each/],
    ["a name without end", changed(0x108, 0xff, 0x03), /outside of its string table|no end/],
  ])("%s is refused with a reason", async (_, bytes, reason) => {
    const error = await thrown(() => parseElf(bytes));
    expect(error.code).toBe("DEPENDS_BAD_ELF");
    expect(error.message).toMatch(reason);
  });

  test("a hash table that never ends is refused, not followed", async () => {
    const bytes = writeElf({ wide: true, littleEndian: true, machine: 62, needed: [], symbol: "inflate" });
    const view = new DataView(bytes.buffer);
    for (let at = 0x100; at < 0x200; at += 16)
      if (view.getBigUint64(at, true) === 4n) {
        view.setBigUint64(at, 0x6fff_fef5n, true);
        view.setBigUint64(at + 8, 0x40_0700n, true);
      }
    // One bucket that begins at symbol 1, and a chain of zeros.
    for (const at of [0x700, 0x704, 0x710]) view.setUint32(at, 1, true);
    const error = await thrown(() => parseElf(bytes)?.undefinedSymbols());
    expect(error.code).toBe("DEPENDS_BAD_ELF");
  });
});

describe("compiled objects", () => {
  test.each([
    ["64 bits", [], 64, 62],
    ["without GNU hash table", ["-Wl,--hash-style=sysv"], 64, 62],
    ["with relative relocations", ["-Wl,-z,pack-relative-relocs"], 64, 62],
    ["stripped", ["-s"], 64, 62],
  ] as const)("%s", async (_, flags, bits, machine) => {
    const folder = await tempFiles({
      "a.c":
        '#include <math.h>\n#include <stdlib.h>\ndouble f(double x) { return getenv("A") ? pow(x, 2.5) : x; }\n',
    });
    execFileSync("gcc", [
      "-shared",
      "-fPIC",
      "-o",
      join(folder, "a.so"),
      join(folder, "a.c"),
      "-lm",
      "-Wl,-soname,liba.so.1",
      "-Wl,-rpath,$ORIGIN/x",
      ...flags,
    ]);
    const path = join(folder, "a.so");
    readElf(path, (object) => {
      expect(object).toMatchObject({ class: bits, machine, soname: "liba.so.1", runpath: ["$ORIGIN/x"] });
      expect(object?.needed).toEqual(["libm.so.6", "libc.so.6"]);
      const names = object?.undefinedSymbols().map(({ name, version }) => `${name}@${version ?? ""}`);
      expect(names).toEqual(expect.arrayContaining(["getenv@GLIBC_2.2.5", "pow@GLIBC_2.29"]));
      expect(names?.toSorted()).toEqual(dynamicSymbols(path));
    });
  });

  test("a static program asks for nothing, an object file is not loaded", async () => {
    const folder = await tempFiles({ "a.c": "int main(void) { return 0; }\n" });
    execFileSync("gcc", ["-static", "-o", join(folder, "a"), join(folder, "a.c")]);
    execFileSync("gcc", ["-c", "-o", join(folder, "a.o"), join(folder, "a.c")]);
    expect(parseElf(readFileSync(join(folder, "a")))).toMatchObject({
      static: true,
      needed: [],
      type: "executable",
    });
    expect(parseElf(readFileSync(join(folder, "a.o")))).toMatchObject({ type: "relocatable", needed: [] });
  });
});

/** binutils' view: undefined dynamic symbols as name@VERSION, sorted. */
function dynamicSymbols(path: string): string[] {
  const text = execFileSync("readelf", ["--dyn-syms", "--wide", path], { encoding: "utf8" });
  return [...text.matchAll(/ UND (\S+?)(?:@+(\S+?))?(?: \(\d+\))?$/gm)]
    .map(([, name = "", version = ""]) => `${name}@${version}`)
    .toSorted();
}

describe("against readelf", () => {
  test.each(["markupsafe==3.0.4", "psycopg2-binary==2.9.13", "pillow==13.0.0", "orjson==3.13.0"])(
    "the objects of %s",
    async (requirement) => {
      const tree = await wheelTree(requirement);
      const paths = tree.files
        .map(({ path }) => join(tree.root, path))
        .filter((path) => path.includes(".so"));
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) expect(ourView(path), path).toEqual(readelfView(path));
    },
  );

  test("the libraries of this machine", () => {
    const folder = "/usr/lib/x86_64-linux-gnu";
    const names = readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isFile() && /\.so\.\d/.test(entry.name),
    );
    for (const { name } of names.filter((_, index) => index % 20 === 0)) {
      const path = join(folder, name);
      expect(ourView(path), path).toEqual(readelfView(path));
    }
  });
});

interface View {
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  readonly path: string;
  readonly versions: readonly string[];
  readonly symbols: readonly string[];
}

function ourView(path: string): View {
  return readElf(path, (object) => {
    if (object === undefined) throw new Error(`${path} is no object`);
    return {
      needed: object.needed,
      soname: object.soname,
      path: [...object.rpath, ...object.runpath].join(":"),
      versions: object.versionNeeds.flatMap(({ versions }) => versions).toSorted(),
      symbols: object
        .undefinedSymbols()
        .map(({ name, version = "" }) => `${name}@${version}`)
        .toSorted(),
    };
  });
}

function readelfView(path: string): View {
  const text = execFileSync("readelf", ["-d", "-V", "--wide", path], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const needs = text.split(/^Version needs section/m)[1] ?? "";
  return {
    needed: [...text.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name = ""]) => name),
    soname: /\(SONAME\).*\[(.*)\]/.exec(text)?.[1],
    path: [...text.matchAll(/\((?:RPATH|RUNPATH)\).*\[(.*)\]/g)].map(([, value = ""]) => value).join(":"),
    versions: [...needs.matchAll(/: Rev: .*|Name: (\S+)/g)].flatMap(([, name]) => name ?? []).toSorted(),
    symbols: dynamicSymbols(path),
  };
}
