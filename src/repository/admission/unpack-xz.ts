import { DECOMPRESSORS } from "../../deb/decompressors.ts";
import {
  XZ_FOOTER_SIZE,
  XZ_HEADER_SIZE,
  frameXz,
  parseXzFooter,
  parseXzIndex,
  xzBlocksSize,
  type XzRecord,
} from "../../deb/xz.ts";
import { filterBytes } from "../../effects/filter.ts";
import { VenvdebError } from "../../errors.ts";
import { unpackInGroups } from "./unpack-batch.ts";
import type { Unpacked } from "./types.ts";

/**
 * Unpacks many small .xz files by one program: their blocks are joined into one stream with an index of its own, which
 * xz checks block by block, so that what comes out can be cut by the sizes that the files claim. What is not one plain
 * stream is unpacked alone, as dpkg does: its first stream.
 * @throws VenvdebError TOOL_MISSING
 */
export async function unpackXz(files: readonly Uint8Array[], limit: number): Promise<Unpacked[]> {
  const results: Unpacked[] = [];
  const streams = files.map((file, index) => ({ index, file, ...parseStream(file, limit) }));
  const plain = streams.flatMap((stream) => (stream.records ? [{ ...stream, records: stream.records }] : []));
  for (const check of new Set(plain.map((stream) => stream.check))) {
    const alike = plain.filter((stream) => stream.check === check);
    const unpacked = await unpackInGroups(alike, (group) => unpackGroup(group, check));
    for (const [at, { index }] of alike.entries()) results[index] = unpacked[at] ?? damaged();
  }
  for (const { index, file, records } of streams)
    if (records === undefined) results[index] = await unpackAlone(file, limit);
  return results;
}

interface XzStream {
  readonly check: number;
  readonly records: readonly XzRecord[];
  /** The blocks as they are stored. */
  readonly blocks: Uint8Array;
  /** Bytes when unpacked, as the index claims. */
  readonly size: number;
}

type OddStream = { readonly records?: undefined };

/** Of a few blocks; more are nothing that a packager writes. */
const INDEX_LIMIT = 64 * 1024;

function parseStream(file: Uint8Array, limit: number): XzStream | OddStream {
  try {
    const footerStart = file.length - XZ_FOOTER_SIZE;
    const { check, indexSize } = parseXzFooter(file.subarray(Math.max(footerStart, 0)));
    const indexStart = footerStart - indexSize;
    if (indexStart < XZ_HEADER_SIZE || indexSize > INDEX_LIMIT) return {};
    const records = parseXzIndex(file.subarray(indexStart, footerStart));
    const { header } = frameXz([], check);
    const size = records.reduce((total, { uncompressedSize }) => total + uncompressedSize, 0);
    const isWhole = XZ_HEADER_SIZE + xzBlocksSize(records) === indexStart && records.length > 0;
    if (!isWhole || size > limit || Buffer.compare(header, file.subarray(0, XZ_HEADER_SIZE)) !== 0) return {};
    return { check, records, blocks: file.subarray(XZ_HEADER_SIZE, indexStart), size };
  } catch (error) {
    if (error instanceof VenvdebError) return {};
    throw error;
  }
}

async function unpackGroup(group: readonly XzStream[], check: number): Promise<Uint8Array[]> {
  const records = group.flatMap((stream) => stream.records);
  const { header, tail } = frameXz(records, check);
  const joined = Buffer.concat([header, ...group.map(({ blocks }) => blocks), tail]);
  const total = group.reduce((sum, { size }) => sum + size, 0);
  const output = await filterBytes(DECOMPRESSORS[".xz"], joined, total);
  let start = 0;
  return group.map(({ size }) => output.subarray(start, (start += size)));
}

async function unpackAlone(file: Uint8Array, limit: number): Promise<Unpacked> {
  try {
    return await filterBytes(DECOMPRESSORS[".xz"], file, limit);
  } catch (error) {
    if (error instanceof VenvdebError && error.code !== "TOOL_MISSING") return error;
    throw error;
  }
}

function damaged(): VenvdebError {
  return new VenvdebError("DEB_DECOMPRESS_FAILED", "Cannot decompress the package: its xz stream is damaged");
}
