import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import {
  compressBlocks,
  decompressXz,
  joinBlocks,
  takeBlocks,
} from "../../../src/repository/index/xz-blocks.ts";
import { thrown } from "../../helpers/thrown.ts";

const TEXTS = ["first\n".repeat(1000), "second\n", "third\n".repeat(50_000)].map((text) => Buffer.from(text));
const SIZES = TEXTS.map(({ length }) => length);

test("texts become blocks that depend on each alone", async () => {
  const together = await compressBlocks(TEXTS);
  const apart = await Promise.all(TEXTS.map(async (text) => (await compressBlocks([text]))[0]));
  expect(together).toEqual(apart);
  const stream = joinBlocks(together);
  execFileSync("xz", ["-t"], { input: stream });
  expect((await decompressXz(stream)).equals(Buffer.concat(TEXTS))).toBe(true);
  expect(takeBlocks(stream, SIZES)).toEqual(together);
});

test("a text longer than the longest block becomes several", async () => {
  const [blocks] = await compressBlocks([Buffer.alloc(20 * 1024 * 1024)]);
  expect(blocks?.records.map(({ uncompressedSize }) => uncompressedSize)).toEqual([16_777_216, 4_194_304]);
});

test("a stream that is cut elsewhere, or none, gives no blocks", async () => {
  const stream = joinBlocks(await compressBlocks(TEXTS));
  for (const sizes of [[], [5], SIZES.slice(1), [...SIZES, 1], SIZES.toReversed()])
    expect(takeBlocks(stream, sizes)).toBeUndefined();
  for (const other of [Buffer.alloc(0), Buffer.from("no xz"), stream.subarray(4), stream.subarray(0, -4)])
    expect(takeBlocks(other, SIZES)).toBeUndefined();
});

test("what xz refuses is told", async () => {
  // An empty block means "the rest" to xz, which only the last can be.
  const error = await thrown(async () => compressBlocks([Buffer.alloc(0), Buffer.from("x")]));
  expect(error.code).toBe("REPO_COMPRESS_FAILED");
  expect(await thrown(async () => decompressXz(Buffer.from("no xz")))).toMatchObject({
    code: "REPO_DAMAGED",
  });
});
