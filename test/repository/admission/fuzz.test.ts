import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { VenvdebError } from "../../../src/errors.ts";
import { admitPackages } from "../../../src/repository/admission/admit.ts";
import { toIndexedPackage } from "../../../src/repository/admission/index-stanza.ts";
import type { AdmittedPackage } from "../../../src/repository/admission/types.ts";
import { parseStanzas } from "../../../src/deb/stanza.ts";
import { parsePoolPath, poolPath } from "../../../src/repository/pool-path.ts";
import { CONTROL_TEXT, rawAr, rawTar } from "../../helpers/raw-deb.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { controlText } from "../../helpers/varied-debs.ts";

const BINARY = ["debian-binary", "2.0\n"] as const;

/** The same numbers at every run: a failure can be looked at. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CONTROLS = [
  CONTROL_TEXT,
  controlText(
    "lib+x",
    "Source: src (2:1.0)\nDepends: a (>= 1), b | c:any,\n d\nProvides: e (= 1)\n",
    "1:2.0~a-1",
  ),
  controlText("flags", "Multi-Arch: same\nEssential: yes\nInstalled-Size: 12\nX-A: b\n", "1.0", "amd64"),
];

/** Pieces that parsers stumble over. */
const PIECES = [
  "\n",
  "\n\n",
  " ",
  "\t",
  "\r",
  "\r\n",
  ":",
  ": ",
  "\n ",
  "\n .\n",
  "\0",
  "\u001b",
  "#",
  "-",
  ",",
  "|",
  "(",
  ")",
  "(>= ",
  "../",
  "/",
  "_",
  "+",
  "~",
  "%",
  "Package: x\n",
  "\nFilename: ../x\n",
  "\nSize: -1",
  "\nVersion: 9",
  "Source: ",
  "\nDepends: ",
  "\nStatus: install ok installed",
  "any",
  "é",
  "\u2028",
  "\u0085",
  "\ufeff",
  "99999999999",
  "a".repeat(300),
  "\nMulti-Arch: same",
  "\nEssential: maybe",
  "\nConffiles:\n /x 0",
  "\n-----BEGIN PGP SIGNED MESSAGE-----\n",
];

function mutateText(text: string, random: (below: number) => number): string {
  let result = text;
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(result.length + 1);
    const cut = [0, 0, 1, 3, 20][random(5)] ?? 0;
    const from = random(result.length + 1);
    const piece =
      random(4) === 0 ? result.slice(from, from + random(30)) : (PIECES[random(PIECES.length)] ?? "");
    result = result.slice(0, at) + piece + result.slice(at + cut);
  }
  return result;
}

function mutateBytes(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(copy.length);
    const kind = random(4);
    if (kind === 0) copy[at] = random(256);
    else if (kind === 1) copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2)
      copy.fill(["9", "\0", " ", "\xff"][random(4)] ?? "", at, Math.min(copy.length, at + random(12)));
    else copy.copyWithin(at, random(copy.length), random(copy.length));
  }
  return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

type Compress = (bytes: Uint8Array) => Uint8Array;
const XZ: Compress = (bytes) => execFileSync("xz", ["-c"], { input: bytes });
const ZSTD: Compress = (bytes) => execFileSync("zstd", ["-qc"], { input: bytes });

function deb(control: Uint8Array, extension: string): Buffer {
  return rawAr([
    BINARY,
    [`control.tar${extension}`, control],
    ["data.tar", rawTar([{ name: "./a", data: "x" }])],
  ]);
}

/** What became of each: a package, or the code of its refusal. Anything but these fails the test. */
async function admitEach(paths: readonly string[]): Promise<(AdmittedPackage | string)[]> {
  const results: (AdmittedPackage | string)[] = [];
  for (const path of paths) {
    const one = await admitPackages([path], { jobs: 1, contents: results.length % 3 === 0 }).catch(
      (error: unknown) => {
        if (error instanceof VenvdebError) return error.code;
        throw error;
      },
    );
    results.push(typeof one === "string" ? one : (one[0] ?? "nothing"));
  }
  return results;
}

function expectSafe(one: AdmittedPackage): void {
  const { stanza } = toIndexedPackage(one, { filename: poolPath("main", one) });
  const stanzas = parseStanzas(stanza);
  expect(stanzas).toHaveLength(1);
  expect(stanzas[0]?.get("Size")).toBe(String(one.size));
  expect(stanzas[0]?.get("SHA256")).toBe(one.sha256);
  expect(stanza.startsWith(`Package: ${one.name}\n`)).toBe(true);
  // oxlint-disable-next-line no-control-regex
  expect(stanza).not.toMatch(/\n\n|[\0-\u0008\u000b-\u001f]/);
  expect(stanzas[0]?.get("Filename")).toMatch(/^pool\/main\/[a-z0-9._/-]+\.deb$/);
  expect(parsePoolPath(poolPath("main", one))).toMatchObject({ name: one.name, version: one.version });
}

/** Writes `count` mutants, reads them, and gives those that were admitted. */
async function fuzz(
  folder: string,
  count: number,
  make: (index: number) => Buffer,
): Promise<AdmittedPackage[]> {
  const admitted: AdmittedPackage[] = [];
  for (let done = 0; done < count; done += 500) {
    const paths = Array.from({ length: Math.min(500, count - done) }, (_, index) => {
      const path = join(folder, `${done + index}.deb`);
      writeFileSync(path, make(done + index));
      return path;
    });
    for (const one of await admitEach(paths)) {
      if (typeof one === "string") continue;
      expectSafe(one);
      admitted.push(one);
    }
  }
  return admitted;
}

/** One in so many, evenly. */
function sample<T>(items: readonly T[], size: number): T[] {
  const step = Math.max(1, Math.floor(items.length / size));
  return items.filter((_, index) => index % step === 0);
}

/** What dpkg says against a package that we admitted. */
function disagreements({ file, name, version, architecture }: AdmittedPackage): string[] {
  const { status, stdout, stderr } = spawnSync("dpkg-deb", [
    "-f",
    file,
    "Package",
    "Version",
    "Architecture",
  ]);
  if (status !== 0) return [`${file}: ${stderr.toString()}`];
  const read = stdout.toString();
  const ours = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\n`;
  return read === ours ? [] : [`${file}: dpkg reads ${read}`];
}

/** How many times as many mutants as an everyday run has. */
const SCALE = Number(process.env["VENVDEB_FUZZ_SCALE"] ?? 1);
const [TEXTS, ARCHIVES] = [4000 * SCALE, 2000 * SCALE];

const TIMEOUT = 300_000 * SCALE;

describe("mutated packages are admitted or refused, never anything else", { timeout: TIMEOUT }, () => {
  test(`${TEXTS} control files, of which dpkg reads what is admitted`, async () => {
    const folder = await tempFiles();
    const random = seeded(5);
    const before = process.memoryUsage().rss;
    const admitted = await fuzz(folder, TEXTS, (index) => {
      const text = mutateText(CONTROLS[index % CONTROLS.length] ?? "", random);
      const tar = rawTar([{ name: "./control", data: text }]);
      return deb(index % 4 === 0 ? gzipSync(tar) : tar, index % 4 === 0 ? ".gz" : "");
    });
    expect(admitted.length).toBeGreaterThan(TEXTS / 15);
    expect(admitted.length).toBeLessThan(TEXTS * 0.8);
    expect(sample(admitted, 200).flatMap(disagreements)).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });

  test(`${ARCHIVES} archives of every form`, async () => {
    const folder = await tempFiles();
    const random = seeded(7);
    const tar = rawTar([
      { name: "./", type: "5" },
      { name: "./control", data: CONTROL_TEXT },
      { name: "./md5sums", data: "0 a\n" },
    ]);
    const forms = [
      deb(tar, ""),
      deb(gzipSync(tar), ".gz"),
      deb(tar, ""),
      deb(gzipSync(tar, { level: 0 }), ".gz"),
    ];
    const slow = [deb(XZ(tar), ".xz"), deb(ZSTD(tar), ".zst")];
    const admitted = await fuzz(folder, ARCHIVES, (index) => {
      const form = index % 12 === 0 ? slow[(index / 12) % 2] : forms[index % forms.length];
      return mutateBytes(form ?? Buffer.alloc(0), random);
    });
    expect(admitted.length).toBeGreaterThan(ARCHIVES / 60);
    expect(admitted.length).toBeLessThan(ARCHIVES * 0.85);
    expect(sample(admitted, 60).flatMap(disagreements)).toEqual([]);
  });
});
