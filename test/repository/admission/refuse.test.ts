import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { XZ_FOOTER_SIZE, XZ_HEADER_SIZE, frameXz, parseXzFooter } from "../../../src/deb/xz.ts";
import { admitPackages } from "../../../src/repository/admission/admit.ts";
import { CONTROL_TEXT, rawAr, rawDeb, rawTar, type RawMember } from "../../helpers/raw-deb.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";

const BARE = { jobs: 2, contents: false };
const WHOLE = { jobs: 2, contents: true, details: true };
const CONTROL: RawMember = { name: "./control", data: CONTROL_TEXT };
const BINARY = ["debian-binary", "2.0\n"] as const;

function run(program: string, args: readonly string[], input: Buffer): Buffer {
  return execFileSync(program, args, { input, maxBuffer: 2 ** 28 });
}

function debOf(extension: string, control: Uint8Array, data: Uint8Array = gzipSync(rawTar([]))): Buffer {
  return rawAr([BINARY, [`control.tar${extension}`, control], ["data.tar.gz", data]]);
}

async function written(deb: Uint8Array): Promise<string> {
  return join(await tempFiles({ "x.deb": deb }), "x.deb");
}

const control = (text: string | Buffer): Buffer => rawDeb([{ name: "./control", data: text }]);

describe("a package that is broken or hostile is refused", () => {
  const edited = (from: string | RegExp, to: string): Buffer => control(CONTROL_TEXT.replace(from, to));
  const whole = rawDeb([CONTROL], [{ name: "./a", data: "x".repeat(2000) }]);
  const xz = run("xz", ["-c"], rawTar([CONTROL]));
  const zst = run("zstd", ["-qc"], rawTar([CONTROL]));
  test.each<[string, string, Buffer]>([
    ["a name that is a path", "REPO_BAD_PACKAGE", edited("hello", "../../etc/hello")],
    ["a name in upper case", "REPO_BAD_PACKAGE", edited("hello", "Hello")],
    ["a name of one letter", "REPO_BAD_PACKAGE", edited("hello", "h")],
    ["a name without end", "REPO_BAD_PACKAGE", edited("hello", "h".repeat(300))],
    ["a name with an escape", "REPO_BAD_PACKAGE", edited("hello", "he\u001bllo")],
    ["an empty name", "REPO_BAD_PACKAGE", edited("hello", "")],
    ["a name of two lines", "REPO_BAD_PACKAGE", edited("hello", "hello\n there")],
    ["a version that is a path", "REPO_BAD_PACKAGE", edited("1.0-1", "1/../../2")],
    ["a version without end", "REPO_BAD_PACKAGE", edited("1.0-1", "1".repeat(300))],
    ["a version in upper case without end", "REPO_BAD_PACKAGE", edited("1.0-1", `1${"A".repeat(100)}`)],
    ["a version of two lines", "REPO_BAD_PACKAGE", edited("1.0-1", "1.0\n Filename: x")],
    ["an architecture that is a path", "REPO_BAD_PACKAGE", edited("all", "../all")],
    ["the architecture any", "REPO_BAD_PACKAGE", edited("all", "any")],
    ["two architectures", "REPO_BAD_PACKAGE", edited("all", "amd64 arm64")],
    ["a source that is a path", "REPO_BAD_PACKAGE", edited("Maint", "Source: ../x\nMaint")],
    ["a source with a bad version", "REPO_BAD_PACKAGE", edited("Maint", "Source: x (/)\nMaint")],
    ["a relation that stops apt", "REPO_BAD_PACKAGE", edited("Maint", "Depends: libc6 ((>= 2)\nMaint")],
    ["an empty relation", "REPO_BAD_PACKAGE", edited("Maint", "Depends: a, , b\nMaint")],
    ["alternatives in Provides", "REPO_BAD_PACKAGE", edited("Maint", "Provides: a | b\nMaint")],
    ["a state of dpkg", "REPO_BAD_PACKAGE", edited("Maint", "Status: install ok installed\nMaint")],
    ["a carriage return inside of a line", "REPO_BAD_PACKAGE", edited("greets", "greets\rFilename: x")],
    ["a NUL", "REPO_BAD_PACKAGE", edited("greets", "greets\0")],
    ["a flag of another value", "REPO_BAD_PACKAGE", edited("Maint", "Essential: maybe\nMaint")],
    ["Multi-Arch: same for all", "REPO_BAD_PACKAGE", edited("Maint", "Multi-Arch: same\nMaint")],
    ["a line of blanks", "REPO_BAD_PACKAGE", control(`${CONTROL_TEXT} \n`)],
    ["a field name of one letter", "REPO_BAD_PACKAGE", edited("Maint", "X: y\nMaint")],
    ["no newline at the end", "REPO_BAD_PACKAGE", control(CONTROL_TEXT.trimEnd())],
    ["a blank of Unicode in the name", "REPO_BAD_PACKAGE", edited("hello", "\ufeffhello")],
    ["a repeated field", "DEB_BAD_STANZA", control(`${CONTROL_TEXT}VERSION: 2\n`)],
    ["a field without end", "DEB_BAD_STANZA", control(`${CONTROL_TEXT} ${"x".repeat(300_000)}\n`)],
    [
      "endless fields",
      "DEB_BAD_STANZA",
      control(CONTROL_TEXT + Array.from({ length: 300 }, (_, n) => `X-${n}: x\n`).join("")),
    ],
    ["a second stanza", "DEB_BAD_CONTROL", control(`${CONTROL_TEXT}\nPackage: other\n`)],
    ["no version", "DEB_BAD_CONTROL", edited(/Version.*\n/, "")],
    [
      "another encoding",
      "DEB_BAD_CONTROL",
      control(Buffer.from(CONTROL_TEXT.replace("greets", "gr\u00fc\u00dft"), "latin1")),
    ],
    ["two control files", "DEB_BAD_CONTROL", rawDeb([CONTROL, { ...CONTROL, name: "control" }])],
    [
      "a control file that is a link",
      "DEB_BAD_CONTROL",
      rawDeb([{ name: "./control", type: "2", target: "/etc/shadow" }]),
    ],
    [
      "two control.tar",
      "DEB_NOT_A_PACKAGE",
      rawAr([
        BINARY,
        ["control.tar.gz", gzipSync(rawTar([CONTROL]))],
        ["control.tar.xz", xz],
        ["data.tar", rawTar([])],
      ]),
    ],
    ["another debian-binary", "DEB_NOT_A_PACKAGE", rawAr([["debian-binary", "3.0\n"]])],
    ["a control.tar of bzip2", "DEB_NOT_A_PACKAGE", debOf(".bz2", run("bzip2", ["-c"], rawTar([CONTROL])))],
    [
      "a control.tar of lzma",
      "DEB_NOT_A_PACKAGE",
      debOf(".lzma", run("xz", ["-c", "--format=lzma"], rawTar([CONTROL]))),
    ],
    ["a file cut off", "DEB_TRUNCATED", whole.subarray(0, -100)],
    [
      "a member that claims 9 GB",
      "DEB_TRUNCATED",
      Buffer.concat([whole, Buffer.from(`${"x".padEnd(48)}9999999999\`\n`)]),
    ],
    ["a gzip bomb", "DEB_DECOMPRESS_FAILED", debOf(".gz", gzipSync(Buffer.alloc(60_000_000)))],
    ["an xz bomb", "DEB_DECOMPRESS_FAILED", debOf(".xz", run("xz", ["-c", "-0"], Buffer.alloc(60_000_000)))],
    ["a zstd bomb", "DEB_DECOMPRESS_FAILED", debOf(".zst", run("zstd", ["-qc"], Buffer.alloc(60_000_000)))],
    ["xz cut off", "DEB_DECOMPRESS_FAILED", debOf(".xz", xz.subarray(0, -20))],
    ["xz with a wrong byte", "DEB_DECOMPRESS_FAILED", debOf(".xz", flipped(xz, 60))],
    ["zstd cut off", "DEB_DECOMPRESS_FAILED", debOf(".zst", zst.subarray(0, -5))],
    ["zstd with a wrong byte", "DEB_DECOMPRESS_FAILED", debOf(".zst", flipped(zst, 40))],
    ["zstd of two frames", "DEB_DECOMPRESS_FAILED", debOf(".zst", Buffer.concat([zst, zst]))],
    ["text", "DEB_NOT_A_PACKAGE", Buffer.from("hello\n".repeat(100))],
  ])("%s", async (_, code, deb) => {
    const folder = await tempFiles({
      "good.deb": whole,
      "bad.deb": deb,
      "fine.deb": debOf(".xz", xz),
      "nice.deb": debOf(".zst", zst),
    });
    const path = (name: string): string => join(folder, `${name}.deb`);
    const before = process.memoryUsage().rss;
    const error = await thrown(() => admitPackages(["good", "fine", "nice", "bad", "fine"].map(path), BARE));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^Cannot add "[^"]*\/bad\.deb": (?!Cannot)\S/);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    const rest = await admitPackages(["good", "fine", "nice", "fine"].map(path), BARE);
    expect(rest.map(({ name }) => name)).toEqual(["hello", "hello", "hello", "hello"]);
  });

  test("what is hidden behind the end of a stream is not read", async () => {
    // One footer that vouches for both streams: taken at its word, the second would be read as the first's continuation.
    const evil = rawTar([{ ...CONTROL, data: CONTROL_TEXT.replace("hello", "hidden") }]);
    const path = await written(debOf(".xz", vouchingForBoth(xz, run("xz", ["-c"], evil))));
    const [one] = await admitPackages([path], BARE).catch(() => []);
    expect(one?.name ?? "refused").not.toBe("hidden");
  });

  test.each([
    ["a folder", "folder/"],
    ["nothing", "none.deb"],
    ["a pipe", "pipe"],
  ])("%s is no package", async (_, name) => {
    const folder = await tempFiles({ "folder/x": "" });
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const error = await thrown(() => admitPackages([join(folder, name)], BARE));
    expect(error.code).toBe("DEB_NOT_A_PACKAGE");
  });

  test("in data.tar only when it is asked for", async () => {
    const outside = await written(rawDeb([CONTROL], [{ name: "../../etc/passwd", data: "x" }]));
    expect(await admitPackages([outside], BARE)).toHaveLength(1);
    expect((await thrown(() => admitPackages([outside], WHOLE))).code).toBe("DEB_BAD_TAR");
    const bomb = run("sh", ["-c", "head -c 3000000000 /dev/zero | zstd -qc"], Buffer.alloc(0));
    const path = await written(rawAr([BINARY, ["control.tar.xz", xz], ["data.tar.zst", bomb]]));
    const start = performance.now();
    expect((await thrown(() => admitPackages([path], WHOLE))).code).toMatch(/^DEB_/);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x55;
  return copy;
}

/** Two xz streams, the second's end replaced by one that counts the first stream, and what lies between, as a block. */
function vouchingForBoth(first: Buffer, second: Buffer): Buffer {
  const footer = parseXzFooter(second.subarray(-XZ_FOOTER_SIZE));
  const indexStart = second.length - XZ_FOOTER_SIZE - footer.indexSize;
  const blocks = Buffer.concat([first.subarray(XZ_HEADER_SIZE), second.subarray(0, indexStart)]);
  const { header, tail } = frameXz([{ unpaddedSize: blocks.length, uncompressedSize: 4096 }], footer.check);
  return Buffer.concat([header, blocks, tail]);
}
