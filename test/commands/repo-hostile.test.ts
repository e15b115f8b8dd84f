import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  XZ_FOOTER_SIZE,
  XZ_HEADER_SIZE,
  frameXz,
  parseXzFooter,
  parseXzIndex,
  xzBlocksSize,
} from "../../src/deb/xz.ts";
import { measuredCli } from "../helpers/measured-cli.ts";
import { CONTROL_TEXT, rawAr, rawDeb, rawTar } from "../helpers/raw-deb.ts";
import { testKey } from "../helpers/signing.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const BINARY = ["debian-binary", "2.0\n"] as const;
const CONTROL = { name: "./control", data: CONTROL_TEXT };

const withControl = (text: string): Buffer => rawDeb([{ name: "./control", data: text }]);
const edited = (from: string | RegExp, to: string): Buffer => withControl(CONTROL_TEXT.replace(from, to));

function withMembers(control: readonly [string, Uint8Array], data?: readonly [string, Uint8Array]): Buffer {
  return rawAr([BINARY, control, data ?? ["data.tar", rawTar([])]]);
}

const ordinary = ["control.tar", rawTar([CONTROL])] as const;

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

/** 16 MiB of zeros, as many times as asked, behind the beginning of a tar: a hundred gigabytes in a few megabytes. */
function xzBomb(count: number): Buffer {
  const stream = xz(Buffer.alloc(2 ** 24));
  const { check, indexSize } = parseXzFooter(stream.subarray(-XZ_FOOTER_SIZE));
  const [record] = parseXzIndex(stream.subarray(-XZ_FOOTER_SIZE - indexSize, -XZ_FOOTER_SIZE));
  if (record === undefined) throw new Error("no block");
  const block = stream.subarray(XZ_HEADER_SIZE, XZ_HEADER_SIZE + xzBlocksSize([record]));
  const { header, tail } = frameXz(
    Array.from({ length: count }, () => record),
    check,
  );
  return Buffer.concat([header, ...Array.from({ length: count }, () => block), tail]);
}

function xz(bytes: Uint8Array): Buffer {
  return execFileSync("xz", ["-c", "-T1", "-0"], { input: bytes, maxBuffer: 2 ** 28 });
}

/** Its one block wants a dictionary of 4 GiB. */
function xzOfLargeDictionary(): Buffer {
  const stream = xz(rawTar([CONTROL]));
  const size = ((stream[XZ_HEADER_SIZE] ?? 0) + 1) * 4;
  const header = stream.subarray(XZ_HEADER_SIZE, XZ_HEADER_SIZE + size);
  header[header.indexOf(Buffer.from([0x21, 1])) + 2] = 40;
  header.writeUInt32LE(crc32(header.subarray(0, -4)), size - 4);
  return stream;
}

/** One frame of blocks that repeat a byte: 128 KiB in 4 bytes. `window`: 0x80 is 64 MiB, 0xa8 is 2 GiB. */
function zstdBomb(count: number, window = 0x48): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window]);
  const blocks = Buffer.alloc(4 * count);
  for (let block = 0; block < count; block++)
    blocks.writeUInt32LE((131_072 << 3) | 2 | Number(block === count - 1), 4 * block);
  return Buffer.concat([header, blocks]);
}

const zeros = gzipSync(Buffer.alloc(2 ** 26), { level: 9 });
const gzipBomb = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => zeros));

/** A member that claims so much, and zeros: a tar that goes on as long as the bomb does. */
const claiming = (claims: number): Buffer => rawTar([{ name: "./a", claims }], false);

/** What is wrong, what is said of it, and the package. */
const HOSTILE: Readonly<Record<string, readonly [RegExp, Buffer]>> = {
  "a name that is a path": [/its field Package is "..\/..\/outside"/, edited("hello", "../../outside")],
  "a version that is a path": [/its field Version is/, edited("1.0-1", "1/../../../outside")],
  "a source that is a path": [/its field Source is/, edited("Maint", "Source: ../../outside\nMaint")],
  "a control file outside": [/has the path "..\/..\/outside"/, rawDeb([CONTROL, { name: "../../outside" }])],
  "a file outside": [/has the path "\/etc\/outside"/, rawDeb([CONTROL], [{ name: "/etc/outside" }])],
  "a repeated field": [/twice|repeated|duplicate/i, withControl(`${CONTROL_TEXT}version: 2\n`)],
  "a field without end": [
    /longer than 262144 characters/,
    withControl(`${CONTROL_TEXT} ${"x".repeat(900_000)}\n`),
  ],
  "fields without end": [
    /fields/,
    withControl(CONTROL_TEXT + Array.from({ length: 40_000 }, (_, number) => `X-${number}: x\n`).join("")),
  ],
  "a second stanza": [/not one stanza/, withControl(`${CONTROL_TEXT}\n${CONTROL_TEXT}`)],
  "control files without end": [
    /members/,
    withMembers(["control.tar", rawTar(Array.from({ length: 9000 }, (_, n) => ({ name: `./${n}` })))]),
  ],
  "a name of a gigabyte": [
    /a name has 1073741824 bytes/,
    withMembers(ordinary, ["data.tar", rawTar([{ name: "long", type: "L", claims: 2 ** 30 }])]),
  ],
  "a member of nine gigabytes": [
    /ends|cut|bytes/,
    Buffer.concat([rawDeb([CONTROL]), Buffer.from(`${"x".padEnd(48)}9999999999\`\n`)]),
  ],
  "a file of an exabyte": [/end/, withMembers(ordinary, ["data.tar", claiming(2 ** 52)])],
  "a wrong checksum in its tar": [/checksum/, withMembers(["control.tar", flipped(rawTar([CONTROL]), 3)])],
  "a wrong checksum in gzip": [
    /incorrect data check/,
    withMembers(["control.tar.gz", flipped(gzipSync(rawTar([CONTROL])), 60)]),
  ],
  "a wrong checksum in xz": [
    /decompress/,
    withMembers(["control.tar.xz", flipped(xz(rawTar([CONTROL])), 60)]),
  ],
  "a file cut off": [/.+/, rawDeb([CONTROL], [{ name: "./a", data: "x".repeat(3000) }]).subarray(0, -90)],
  "6 GB in a control.tar of gzip": [/unpacks to more than/, withMembers(["control.tar.gz", gzipBomb(90)])],
  "16 GB in a control.tar of xz": [/unpacks to more than/, withMembers(["control.tar.xz", xzBomb(1000)])],
  "64 GB in a control.tar of zstd": [
    /unpacks to more than/,
    withMembers(["control.tar.zst", zstdBomb(500_000)]),
  ],
  "a dictionary of 4 GiB": [/[Mm]emory/, withMembers(["control.tar.xz", xzOfLargeDictionary()])],
  "a window of 2 GiB": [/memory|Window|window/, withMembers(["control.tar.zst", zstdBomb(2, 0xa8)])],
  "1.6 GB in a data.tar of xz": [/unpacks to more than/, withMembers(ordinary, ["data.tar.xz", xzBomb(100)])],
};

test(
  "hostile packages are refused with a reason, at little cost, and nothing of them stays",
  { timeout: 900_000 },
  async () => {
    const home = await tempFiles({ "good.deb": withControl(CONTROL_TEXT) });
    const key = await testKey();
    writeFileSync(join(home, "key.asc"), key.privateKey);
    const repo = async (command: string, ...args: readonly string[]) =>
      measuredCli(["repo", command, join(home, "apt"), ...args], {
        VENVDEB_SIGNING_KEY: join(home, "key.asc"),
      });
    await repo("init", "--suite", "stable", "--origin", "Example", "--label", "Example", "--arch", "amd64");
    expect(await repo("add", "stable", join(home, "good.deb"))).toMatchObject({ code: 0 });
    const before = filesBelow(home);
    mkdirSync(join(home, "bad"));
    for (const [what, [reason, deb]] of Object.entries(HOSTILE)) {
      const path = join(home, "bad", "bad.deb");
      writeFileSync(path, deb);
      const { code, stderr, cpuSeconds, memory } = await repo("add", "stable", join(home, "good.deb"), path);
      expect.soft([code, stderr], what).toEqual([1, expect.stringMatching(reason)]);
      expect.soft(stderr, what).toContain("bad.deb");
      expect.soft(stderr, what).not.toMatch(/^\s+at /m);
      expect.soft(cpuSeconds, what).toBeLessThan(30);
      expect.soft(memory / 1e6, what).toBeLessThan(400);
    }
    expect(filesBelow(home).filter((path) => !path.startsWith("bad"))).toEqual(before);
    expect(await repo("verify")).toMatchObject({ code: 0 });
  },
);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).toSorted();
}
