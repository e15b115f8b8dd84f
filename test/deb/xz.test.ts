import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMPRESSORS, type Joined } from "../../src/deb/compress.ts";
import { parseXzFooter, parseXzIndex, xzBlocksSize } from "../../src/deb/xz.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

describe("joining xz streams", () => {
  test.each([
    ["one", [5000]],
    ["several", [1, 100_000, 300, 2_000_000]],
    ["one with many blocks", [400_000, 50]],
    ["an empty one among others", [10, 0, 20]],
    ["more than an index byte can count", Array.from({ length: 200 }, (_, index) => index + 1)],
  ])("%s gives one stream that xz accepts", async (_, sizes) => {
    const folder = await tempFiles();
    const parts = sizes.map((size, index) => Buffer.alloc(size, `part ${index} `));
    const paths = parts.map((part, index) => {
      const path = join(folder, `${index}.xz`);
      writeFileSync(path, execFileSync("xz", ["-T+1", "-1", "--block-size=65536", "-c"], { input: part }));
      return path;
    });
    const whole = join(folder, "whole.xz");
    writeFileSync(whole, assemble(await COMPRESSORS.xz.join(paths.map((path) => ({ path })))));
    execFileSync("xz", ["--test", whole]);
    const listing = execFileSync("xz", ["--robot", "--list", whole], { encoding: "utf8" });
    const blocks = sizes.reduce((sum, size) => sum + Math.ceil(size / 65_536), 0);
    expect(listing).toMatch(new RegExp(`^file\\t1\\t${blocks}\\t`, "m"));
    expect(execFileSync("xz", ["-dc", whole], { maxBuffer: 2 ** 26 }).equals(Buffer.concat(parts))).toBe(
      true,
    );
  });

  test("streams with different checks are refused", async () => {
    const folder = await tempFiles();
    const paths = ["crc32", "crc64"].map((check) => {
      const path = join(folder, check);
      writeFileSync(path, execFileSync("xz", [`--check=${check}`, "-c"], { input: "x" }));
      return path;
    });
    expect(await thrown(async () => COMPRESSORS.xz.join(paths.map((path) => ({ path }))))).toMatchObject({
      code: "DEB_BAD_XZ",
    });
  });

  test("a stream that is damaged at its end, or has one more after it, is refused", async () => {
    const stream = execFileSync("xz", ["-c"], { input: "hello" });
    const folder = await tempFiles({
      short: stream.subarray(0, -5),
      tiny: stream.subarray(0, 10),
      double: Buffer.concat([stream, stream]),
    });
    for (const name of ["short", "tiny", "double"])
      expect(
        await thrown(async () => COMPRESSORS.xz.join([{ path: join(folder, name) }])),
        name,
      ).toMatchObject({
        code: "DEB_BAD_XZ",
      });
  });
});

describe("reading a damaged index", () => {
  const stream = execFileSync("xz", ["-T+1", "--block-size=1000", "-c"], { input: Buffer.alloc(5000, "x") });
  const footer = parseXzFooter(stream.subarray(-12));
  const index = stream.subarray(-12 - footer.indexSize, -12);

  test("the undamaged one lists the blocks", () => {
    const records = parseXzIndex(index);
    expect(records.map(({ uncompressedSize }) => uncompressedSize)).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(12 + xzBlocksSize(records) + footer.indexSize + 12).toBe(stream.length);
  });

  test("any changed byte is noticed", async () => {
    for (let at = 0; at < index.length; at++) {
      const damaged = Buffer.from(index);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(await thrown(() => parseXzIndex(damaged))).toMatchObject({ code: "DEB_BAD_XZ" });
    }
    for (let at = 0; at < 12; at++) {
      const damaged = Buffer.from(stream.subarray(-12));
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(await thrown(() => parseXzFooter(damaged))).toMatchObject({ code: "DEB_BAD_XZ" });
    }
  });
});

function assemble({ pieces, size }: Joined): Buffer {
  const whole = Buffer.concat(
    pieces.map((piece) =>
      piece instanceof Uint8Array
        ? piece
        : readFileSync(piece.path).subarray(piece.start, piece.start + piece.size),
    ),
  );
  expect(whole.length).toBe(size);
  return whole;
}
