import { filterFromFile, filterToFile, type Filter } from "../../effects/filter.ts";
import { readFile, writeFile } from "../../effects/fs.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import {
  XZ_FOOTER_SIZE,
  XZ_HEADER_SIZE,
  frameXz,
  parseXzFooter,
  parseXzIndex,
  xzBlocksSize,
  type XzRecord,
} from "../../deb/xz.ts";
import { VenvdebError } from "../../errors.ts";
import type { XzBlocks } from "./types.ts";

/**
 * Compresses several texts, each into blocks of its own, in one run of xz on all cores. The bytes of each depend on it
 * alone.
 * @throws VenvdebError TOOL_MISSING, REPO_COMPRESS_FAILED
 */
export async function compressBlocks(texts: readonly Buffer[]): Promise<XzBlocks[]> {
  if (texts.length === 0) return [];
  return await withTempDir(async (directory) => {
    const path = `${directory}/index.xz`;
    await filterToFile(compressor(texts), path, async (write) => {
      for (const text of texts) await write(text);
    });
    const blocks = takeBlocks(
      await readFile(path),
      texts.map(({ length }) => length),
    );
    if (blocks === undefined) throw new Error("xz has cut other blocks than it was asked for");
    return blocks;
  });
}

/** The stream of all blocks. */
export function joinBlocks(blocks: readonly XzBlocks[]): Buffer {
  const { header, tail } = frameXz(
    blocks.flatMap(({ records }) => records),
    CRC64,
  );
  return Buffer.concat([header, ...blocks.map(({ bytes }) => bytes), tail]);
}

/**
 * Takes a stream of our own apart into the blocks of texts of the given sizes; nothing for another stream, whose blocks
 * are cut elsewhere.
 */
export function takeBlocks(stream: Buffer, sizes: readonly number[]): XzBlocks[] | undefined {
  const records = recordsOf(stream);
  if (records === undefined) return undefined;
  const taken: XzBlocks[] = [];
  let [next, position] = [0, XZ_HEADER_SIZE];
  for (const size of sizes) {
    const group: XzRecord[] = [];
    for (let left = size; left > 0; next++) {
      const record = records[next];
      if (record === undefined || record.uncompressedSize > left || record.uncompressedSize === 0)
        return undefined;
      group.push(record);
      left -= record.uncompressedSize;
    }
    const end = position + xzBlocksSize(group);
    taken.push({ bytes: stream.subarray(position, end), records: group });
    position = end;
  }
  return next === records.length ? taken : undefined;
}

/**
 * What a stream holds.
 * @throws VenvdebError TOOL_MISSING, REPO_DAMAGED
 */
export async function decompressXz(stream: Buffer): Promise<Buffer> {
  return await withTempDir(async (directory) => {
    const path = `${directory}/index.xz`;
    await writeFile(path, stream);
    const pieces: Uint8Array[] = [];
    for await (const piece of filterFromFile(DECOMPRESSOR, { path, start: 0, end: stream.length }))
      pieces.push(piece);
    return Buffer.concat(pieces);
  });
}

const CRC64 = 4;

/**
 * Always in threaded mode, whose blocks say their sizes. The dictionary is as large as most chunks, since making it
 * ready for each costs more than compressing. `--block-size`, which cuts chunks beyond it, also decides the length of
 * the blocks' headers, so it is a constant.
 */
function compressor(texts: readonly Buffer[]): Filter {
  const sizes = texts.map(({ length }) => length).join(",");
  const lzma = "--lzma2=preset=6,dict=1MiB";
  return {
    program: "xz",
    args: ["-T2", lzma, "--check=crc64", "--block-size=16777216", `--block-list=${sizes}`, "-c"],
    debianPackage: "xz-utils",
    failure: { code: "REPO_COMPRESS_FAILED", doing: "compress the index" },
  };
}

const DECOMPRESSOR: Filter = {
  program: "xz",
  args: ["-dc"],
  debianPackage: "xz-utils",
  failure: { code: "REPO_DAMAGED", doing: "read the index" },
};

function recordsOf(stream: Buffer): XzRecord[] | undefined {
  try {
    const footerStart = stream.length - XZ_FOOTER_SIZE;
    const { check, indexSize } = parseXzFooter(stream.subarray(Math.max(footerStart, 0)));
    const indexStart = footerStart - indexSize;
    const records = parseXzIndex(stream.subarray(Math.max(indexStart, 0), footerStart));
    return check === CRC64 && XZ_HEADER_SIZE + xzBlocksSize(records) === indexStart ? records : undefined;
  } catch (error) {
    if (error instanceof VenvdebError) return undefined;
    throw error;
  }
}
