import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { admitInBatches, admitPackages } from "../../../src/repository/admission/admit.ts";
import { CONTROL_TEXT, rawAr, rawDeb, rawTar, type RawMember } from "../../helpers/raw-deb.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { controlText, gzipped, makeVariedDeb } from "../../helpers/varied-debs.ts";

const BARE = { jobs: 2, contents: false };
const WHOLE = { jobs: 2, contents: true, details: true };
const CONTROL: RawMember = { name: "./control", data: CONTROL_TEXT };
const BINARY = ["debian-binary", "2.0\n"] as const;

type Compressor = (tar: Buffer) => Buffer;
const FORMS: readonly (readonly [name: string, extension: string, compress: Compressor])[] = [
  ["gzip", ".gz", gzipSync],
  [
    "gzip of two members",
    ".gz",
    (tar) => Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]),
  ],
  ["xz", ".xz", (tar) => run("xz", ["-c"], tar)],
  ["xz with CRC32", ".xz", (tar) => run("xz", ["-c", "-1", "--check=crc32"], tar)],
  ["xz without a check", ".xz", (tar) => run("xz", ["-c", "--check=none"], tar)],
  ["xz of several blocks", ".xz", (tar) => run("xz", ["-c", "-T2", "--block-size=512"], tar)],
  [
    "xz with something after its stream",
    ".xz",
    (tar) => Buffer.concat([run("xz", ["-c"], tar), run("xz", ["-c"], Buffer.from("x"))]),
  ],
  ["zstd", ".zst", (tar) => run("zstd", ["-qc"], tar)],
  ["zstd without a checksum", ".zst", (tar) => run("zstd", ["-qc", "--no-check", "-19"], tar)],
  ["nothing", "", (tar) => tar],
];

function run(program: string, args: readonly string[], input: Buffer): Buffer {
  return execFileSync(program, args, { input, maxBuffer: 2 ** 28 });
}

function debOf(extension: string, control: Uint8Array, data: Uint8Array = gzipSync(rawTar([]))): Buffer {
  return rawAr([BINARY, [`control.tar${extension}`, control], ["data.tar.gz", data]]);
}

async function written(deb: Uint8Array): Promise<string> {
  return join(await tempFiles({ "x.deb": deb }), "x.deb");
}

const entry = (version: string): string =>
  `hello (${version}) unstable; urgency=low\n\n  * Ünïcode.\n\n -- Jane <j@example.org>  Thu, 01 Jan 2026 00:00:00 +0000\n\n`;

describe("admitPackages", () => {
  test("gives name, version, architecture, source, size, hash and fields, in the order of the paths", async () => {
    const folder = await tempFiles();
    const paths = ["b", "a", "c"].map((name) =>
      makeVariedDeb(folder, name, {
        control: controlText(`pkg-${name}`, "Source: src (2:1.0)\nSection: net\n"),
      }),
    );
    const admitted = await admitPackages(paths, BARE);
    expect(admitted.map(({ name }) => name)).toEqual(["pkg-b", "pkg-a", "pkg-c"]);
    for (const [index, one] of admitted.entries()) {
      const bytes = readFileSync(paths[index] ?? "");
      expect(one).toMatchObject({ file: paths[index], version: "1.0-1", architecture: "all", source: "src" });
      expect([one.size, one.sha256]).toEqual([
        bytes.length,
        createHash("sha256").update(bytes).digest("hex"),
      ]);
      expect(one.control.get("section")).toBe("net");
      expect(one.details).toEqual({});
    }
  });

  test.each(FORMS)("reads a control.tar of %s, as dpkg does", async (_, extension, compress) => {
    const padding = { name: "./md5sums", data: "0123456789abcdef\n".repeat(500) };
    const path = await written(debOf(extension, compress(rawTar([CONTROL, padding]))));
    expect(execFileSync("dpkg-deb", ["-f", path, "Package"]).toString()).toBe("hello\n");
    const [one] = await admitPackages([path], BARE);
    expect(one?.name).toBe("hello");
  });

  test("hundreds of all forms at once keep their fields apart", async () => {
    const folder = await tempFiles();
    const paths = Array.from({ length: 300 }, (_, index) => {
      const [, extension = "", compress = gzipSync] = FORMS[index % FORMS.length] ?? [];
      // Programs that make them are slow to start, so every tenth differs and the rest is gzip.
      const isGzip = index >= FORMS.length * 3;
      const tar = rawTar([{ ...CONTROL, data: CONTROL_TEXT.replace("hello", `hello${index}`) }]);
      const path = join(folder, `${index}.deb`);
      writeFileSync(path, isGzip ? debOf(".gz", gzipSync(tar)) : debOf(extension, compress(tar)));
      return path;
    });
    const admitted = await admitPackages(paths, BARE);
    expect(admitted.map(({ name }) => name)).toEqual(paths.map((_, index) => `hello${index}`));
    const sizes: number[] = [];
    const done: number[] = [];
    const options = { ...BARE, onProgress: (count: number) => done.push(count) };
    for await (const batch of admitInBatches(paths, options)) sizes.push(batch.length);
    expect(sizes).toEqual([150, 150]);
    expect(done).toEqual([150, 300]);
  });

  test("a large package is streamed", async () => {
    const data = rawTar([{ name: "./a", data: Buffer.alloc(9_000_000, "ab") }]);
    const path = await written(
      rawAr([BINARY, ["control.tar.gz", gzipSync(rawTar([CONTROL]))], ["data.tar", data]]),
    );
    const [one] = await admitPackages([path], WHOLE);
    expect(one?.sha256).toBe(createHash("sha256").update(readFileSync(path)).digest("hex"));
    expect(one?.details.files).toEqual(["a"]);
  });

  test.each(["gzip", "xz", "zstd", "none"] as const)(
    "finds the details in a data.tar of %s",
    async (compression) => {
      const history = Array.from({ length: 400 }, (_, index) => entry(`1.${400 - index}`)).join("");
      const path = makeVariedDeb(await tempFiles(), "hello", {
        control: controlText("hello"),
        compression,
        files: {
          "opt/hello/b": "x",
          "opt/hello/a": "x",
          "usr/share/doc/hello/changelog.Debian.gz": gzipped(history),
          "usr/share/doc/hello/sub/other.cdx.json": "{}",
          "usr/share/doc/hello/hello.cdx.json": '{"a":1}',
        },
      });
      const [one] = await admitPackages([path], WHOLE);
      const { changelog = "", sbom, files } = one?.details ?? {};
      expect(sbom).toBe('{"a":1}');
      expect(files?.slice(0, 2)).toEqual(["opt/hello/a", "opt/hello/b"]);
      expect(changelog).toMatch(/^hello \(1\.400\)[^]* \+0000$/);
      expect(changelog.length).toBeGreaterThan(4000);
      expect(changelog.length).toBeLessThan(8193);
    },
  );

  test("details that are not there are empty, and damaged ones too", async () => {
    const doc = "./usr/share/doc/hello";
    const data = [
      { name: `${doc}/changelog.gz`, data: "no gzip" },
      { name: `${doc}/x.cdx.json`, data: "no JSON" },
    ];
    for (const members of [[], data]) {
      const [one] = await admitPackages([await written(rawDeb([CONTROL], members))], {
        ...BARE,
        details: true,
      });
      expect(one?.details).toEqual({ changelog: "", sbom: "" });
    }
  });

  test("old packages with data.tar of bzip2 and lzma are read like dpkg does", async () => {
    const tar = rawTar([{ name: "./a", data: "x" }]);
    for (const [extension, args] of [
      ["bz2", ["bzip2", "-c"]],
      ["lzma", ["xz", "--format=lzma", "-c"]],
    ] as const) {
      const [program, ...rest] = args;
      const data = run(program, rest, tar);
      const path = await written(
        rawAr([BINARY, ["control.tar.gz", gzipSync(rawTar([CONTROL]))], [`data.tar.${extension}`, data]]),
      );
      expect(execFileSync("dpkg-deb", ["-c", path]).toString()).toContain("./a");
      const [one] = await admitPackages([path], WHOLE);
      expect(one?.details.files).toEqual(["a"]);
    }
  });
});
