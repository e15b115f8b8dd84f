import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readDeb } from "../../src/deb/read.ts";
import { readData } from "../../src/deb/untar.ts";
import { CONTROL_TEXT, rawAr, rawDeb, rawTar, type RawMember } from "../helpers/raw-deb.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const CONTROL: RawMember = { name: "./control", data: CONTROL_TEXT };

describe("readDeb", () => {
  test.each(["gzip", "xz", "zstd", "none"])("reads what dpkg-deb made with %s", async (compression) => {
    const folder = await tempFiles({
      "tree/DEBIAN/control": CONTROL_TEXT,
      "tree/DEBIAN/postinst": "#!/bin/sh\n",
      [`tree/opt/hello/${"long".repeat(50)}/ü`]: "content",
    });
    execFileSync("chmod", ["-R", "u=rwX,go=rX", folder]);
    execFileSync("chmod", ["755", join(folder, "tree/DEBIAN/postinst")]);
    execFileSync("ln", ["-s", "/usr/bin/python3.11", join(folder, "tree/opt/hello/python")]);
    const path = join(folder, "x.deb");
    const options = ["--root-owner-group", `-Z${compression}`, "--build"];
    execFileSync("dpkg-deb", [...options, join(folder, "tree"), path], { stdio: "ignore" });
    const deb = await readDeb(path);
    expect(deb.control.get("package")).toBe("hello");
    expect([...deb.controlFiles.keys()].toSorted()).toEqual(["control", "postinst"]);
    const entries = [];
    for await (const entry of deb.entries()) {
      const { kind, path: at, mode, owner, target } = entry;
      const data = Buffer.from(await readData(entry, 100)).toString();
      entries.push([kind, at, mode.toString(8), owner.user, target ?? data]);
    }
    expect(entries).toEqual([
      ["directory", "", "755", "root", ""],
      ["directory", "opt", "755", "root", ""],
      ["directory", "opt/hello", "755", "root", ""],
      ["directory", `opt/hello/${"long".repeat(50)}`, "755", "root", ""],
      ["file", `opt/hello/${"long".repeat(50)}/ü`, "644", "root", "content"],
      ["symlink", "opt/hello/python", "777", "root", "/usr/bin/python3.11"],
    ]);
  });

  test("data that nobody reads is skipped, and reading may stop anywhere", async () => {
    const members = ["a", "b", "c"].map((name) => ({ name: `./${name}`, data: name.repeat(100_000) }));
    const deb = await open(rawDeb([CONTROL], members));
    const paths: string[] = [];
    for await (const entry of deb.entries()) {
      paths.push(entry.path);
      if (entry.path === "b") break;
    }
    expect(paths).toEqual(["a", "b"]);
    const [first] = await collect(deb.entries());
    expect(first?.size).toBe(100_000);
  });
});

describe("a package that is broken or hostile is refused", () => {
  const whole = rawDeb([CONTROL], [{ name: "./a", data: "x".repeat(2000) }]);
  const binary = ["debian-binary", "2.0\n"] as const;
  test.each<[string, string, Buffer]>([
    ["nothing", "DEB_NOT_A_PACKAGE", Buffer.alloc(0)],
    ["text", "DEB_NOT_A_PACKAGE", Buffer.from("hello\n".repeat(100))],
    ["an ar header cut off", "DEB_NOT_A_PACKAGE", whole.subarray(0, 50)],
    ["no data.tar", "DEB_NOT_A_PACKAGE", rawAr([binary, ["control.tar.gz", tar(CONTROL)]])],
    [
      "the wrong order",
      "DEB_NOT_A_PACKAGE",
      rawAr([binary, ["data.tar", "x"], ["control.tar.gz", tar(CONTROL)]]),
    ],
    ["format version 3", "DEB_NOT_A_PACKAGE", rawAr([["debian-binary", "3.0\n"]])],
    [
      "two control.tar",
      "DEB_NOT_A_PACKAGE",
      rawAr([binary, ["control.tar.gz", tar(CONTROL)], ["data.tar", rawTar([])], ["control.tar.xz", ""]]),
    ],
    ["an endless ar", "DEB_NOT_A_PACKAGE", rawAr(Array.from({ length: 50 }, () => ["_x", ""] as const))],
    ["a member name that is a path", "DEB_NOT_A_PACKAGE", rawAr([binary, ["../control.tar", ""]])],
    [
      "a strange compression",
      "DEB_NOT_A_PACKAGE",
      rawAr([binary, ["control.tar.lz4", "x"], ["data.tar", "x"]]),
    ],
    ["an ar member cut off", "DEB_TRUNCATED", whole.subarray(0, -100)],
    [
      "damaged compression",
      "DEB_DECOMPRESS_FAILED",
      rawAr([binary, ["control.tar.gz", tar(CONTROL).subarray(0, -10)], ["data.tar", rawTar([])]]),
    ],
    [
      "a control.tar without end",
      "DEB_TRUNCATED",
      rawAr([binary, ["control.tar", rawTar([CONTROL], false)], ["data.tar", rawTar([])]]),
    ],
    ["no control file", "DEB_BAD_CONTROL", rawDeb([{ name: "./x" }])],
    [
      "a bomb of many small files",
      "DEB_BAD_CONTROL",
      rawDeb([
        CONTROL,
        ...Array.from({ length: 9 }, (_, at) => ({ name: `${at}`, data: Buffer.alloc(4_000_000) })),
      ]),
    ],
    ["two control files", "DEB_BAD_CONTROL", rawDeb([CONTROL, CONTROL])],
    [
      "two spellings of one control file",
      "DEB_BAD_CONTROL",
      rawDeb([CONTROL, { ...CONTROL, name: "control" }]),
    ],
    [
      "a control file that is a link",
      "DEB_BAD_CONTROL",
      rawDeb([{ name: "./control", type: "2", target: "/etc/passwd" }]),
    ],
    ["a folder in control.tar", "DEB_BAD_CONTROL", rawDeb([CONTROL, { name: "./x/y" }])],
    [
      "two stanzas",
      "DEB_BAD_CONTROL",
      rawDeb([{ name: "./control", data: `${CONTROL_TEXT}\n${CONTROL_TEXT}` }]),
    ],
    ["no version", "DEB_BAD_CONTROL", rawDeb([{ name: "./control", data: "Package: a\n" }])],
    [
      "control that is not UTF-8",
      "DEB_BAD_CONTROL",
      rawDeb([{ name: "./control", data: Buffer.from("A: \xff\n", "latin1") }]),
    ],
    [
      "too many members",
      "DEB_BAD_CONTROL",
      rawDeb([CONTROL, ...Array.from({ length: 4100 }, (_, index) => ({ name: `./${index}` }))]),
    ],
    [
      "a repeated field",
      "DEB_BAD_STANZA",
      rawDeb([{ name: "./control", data: `${CONTROL_TEXT}package: x\n` }]),
    ],
    [
      "a huge field",
      "DEB_BAD_STANZA",
      rawDeb([{ name: "./control", data: `${CONTROL_TEXT}X: ${"x".repeat(500_000)}\n` }]),
    ],
    [
      "a huge control file",
      "DEB_BAD_TAR",
      rawDeb([{ name: "./control", data: CONTROL_TEXT.repeat(20_000) }]),
    ],
    ["a bomb", "DEB_BAD_TAR", rawDeb([{ name: "./x", data: Buffer.alloc(50_000_000) }])],
    ["a claim of 8 EiB", "DEB_BAD_TAR", rawDeb([{ name: "./control", claims: 2 ** 60 }])],
    ["a claim of 1 TiB", "DEB_BAD_TAR", rawDeb([{ name: "./control", claims: 2 ** 40 }])],
    ["a PAX header", "DEB_BAD_TAR", rawDeb([{ name: "x", type: "x", data: "11 path=a\n" }, CONTROL])],
    ["a long name of 1 GiB", "DEB_BAD_TAR", rawDeb([{ name: "././@LongLink", type: "L", claims: 2 ** 30 }])],
  ])("%s", async (_, code, bytes) => {
    expect(await thrown(async () => open(bytes))).toMatchObject({ code });
  });

  test.each<[string, string, RawMember]>([
    ["a path that climbs", "DEB_BAD_TAR", { name: "./../etc/passwd" }],
    ["an absolute path", "DEB_BAD_TAR", { name: "/etc/passwd" }],
    ["a hard link out", "DEB_BAD_TAR", { name: "./a", type: "1", target: "../../etc/shadow" }],
    ["an unknown type", "DEB_BAD_TAR", { name: "./a", type: "S" }],
    ["more data claimed than there is", "DEB_TRUNCATED", { name: "./a", claims: 100_000 }],
  ])("in data.tar: %s", async (_, code, member) => {
    const deb = await open(rawDeb([CONTROL], [member]));
    expect(await thrown(async () => collect(deb.entries()))).toMatchObject({ code });
  });

  test("a damaged header", async () => {
    const damaged = rawTar([{ name: "./a" }]);
    damaged[3] = 0x41;
    const bytes = rawAr([binary, ["control.tar.gz", tar(CONTROL)], ["data.tar", damaged]]);
    const deb = await open(bytes);
    expect(await thrown(async () => collect(deb.entries()))).toMatchObject({ code: "DEB_BAD_TAR" });
  });

  test("what is not there, or is a folder", async () => {
    const folder = await tempFiles();
    for (const path of [folder, join(folder, "nothing.deb")])
      expect(await thrown(async () => readDeb(path))).toMatchObject({ code: "DEB_NOT_A_PACKAGE" });
  });

  test("a claim of 200 GB costs no memory", async () => {
    const deb = await open(rawDeb([CONTROL], [{ name: "./a", claims: 2e11, data: "x".repeat(1000) }]));
    const before = process.memoryUsage().rss;
    expect(await thrown(async () => collect(deb.entries()))).toMatchObject({ code: "DEB_TRUNCATED" });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });
});

function tar(...members: RawMember[]): Buffer {
  return gzipSync(rawTar(members));
}

async function open(bytes: Buffer): ReturnType<typeof readDeb> {
  const path = join(await tempFiles(), "x.deb");
  writeFileSync(path, bytes);
  return readDeb(path);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
