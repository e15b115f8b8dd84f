import { createHash } from "node:crypto";
import type { Store } from "../cache/store.ts";
import type { Write } from "../effects/filter.ts";
import { COMPRESSORS, compressTo, type Contents, type Stream } from "./compress.ts";
import { findContents, type Content, type ContentRange } from "./contents.ts";
import type { Compression, PackedTar } from "./entry.ts";
import { isWorthKeeping, writeContents, writeSegment } from "./pack-layers.ts";
import type { SegmentStore, UnpackedContents } from "./segment-store.ts";
import { SMALL, type Segment } from "./segments.ts";

/** One segment, compressed. */
export interface MadeSegment {
  readonly stream: Stream;
  /** The tars of its layers, in their order. */
  readonly packed: readonly PackedTar[];
}

export interface MakeSegmentOptions {
  readonly compression: Compression;
  /** Programs at once; changes no byte. */
  readonly jobs: number;
  readonly store?: Store;
  readonly kept?: SegmentStore;
  /** Receives the bytes that are done, before compression. */
  readonly count: (id: string, bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Compresses a segment, or takes it from earlier builds. The large files of a large layer are blocks of their own that
 * depend on nothing but their bytes, so that they are compressed once for all packages that have them.
 * @param path a new file, and the start of others' names
 * @throws VenvdebError DEB_FILE_CHANGED, DEB_COMPRESS_FAILED, TOOL_MISSING, CACHE_DAMAGED
 */
export async function makeSegment(
  segment: Segment,
  path: string,
  options: MakeSegmentOptions,
): Promise<MadeSegment> {
  const { kept, count } = options;
  const { layers, position } = segment;
  const known = layers.flatMap(({ packed }) => packed ?? []);
  const found = known.length === layers.length ? await kept?.find(known, position) : undefined;
  if (found !== undefined) {
    count(layers[0]?.id ?? "", segment.size);
    return { stream: found, packed: known };
  }
  const contents = contentsOf(segment, options);
  if (contents.length > 0) return await makeWithContents(segment, contents, path, options);
  const packed = await compressTo(
    COMPRESSORS[options.compression],
    path,
    async (write) => await writeSegment(segment, counting(segment, write, options), options),
    options,
  );
  if (isWorthKeeping(segment)) await kept?.keep(packed, position, path);
  return { stream: { path }, packed };
}

/** Small layers share dictionaries, so that blocks among them would cost more than they save. */
function contentsOf({ layers, position, size }: Segment, { compression }: MakeSegmentOptions): Content[] {
  const [layer, ...others] = layers;
  if (COMPRESSORS[compression].hasBlocks !== true || size <= SMALL || others.length > 0) return [];
  return layer && position.rootTime === undefined ? findContents(layer) : [];
}

async function makeWithContents(
  segment: Segment,
  contents: readonly Content[],
  path: string,
  options: MakeSegmentOptions,
): Promise<MadeSegment> {
  const { kept } = options;
  const ranges = contents.map(({ offset, size }) => ({ offset, size }));
  const sha256 = createHash("sha256");
  const apart = async (bytes: Uint8Array) => void sha256.update(bytes);
  const packed = await compressTo(
    COMPRESSORS[options.compression],
    path,
    async (write) => {
      const parts = divide(ranges, { write: counting(segment, write, options), apart });
      return await writeSegment(segment, parts, options);
    },
    { ...options, pieces: piecesBetween(ranges, segment.size) },
  );
  const unpacked = { sha256: sha256.digest("hex"), sizes: ranges.map(({ size }) => size) };
  const found = await kept?.findContents(unpacked);
  if (found) options.count(segment.layers[0]?.id ?? "", sum(unpacked.sizes));
  else await compressContents(segment, { contents, unpacked }, `${path}-contents`, options);
  const made: Contents = { path: found?.path ?? `${path}-contents`, ranges };
  const blob = found?.blob ?? (await kept?.keepContents(unpacked, made.path));
  if (blob && isWorthKeeping(segment))
    await kept?.keep(packed, segment.position, path, { sha256: blob.sha256, size: blob.size, ranges });
  return { stream: { path, contents: made }, packed };
}

async function compressContents(
  segment: Segment,
  { contents, unpacked }: { readonly contents: readonly Content[]; readonly unpacked: UnpackedContents },
  path: string,
  options: MakeSegmentOptions,
): Promise<void> {
  await compressTo(
    COMPRESSORS[options.compression],
    path,
    async (write) => await writeContents(contents, unpacked.sha256, counting(segment, write, options)),
    { ...options, pieces: unpacked.sizes },
  );
}

function counting({ layers }: Segment, write: Write, { count }: MakeSegmentOptions): Write {
  const id = layers[0]?.id ?? "";
  return async (chunk) => {
    await write(chunk);
    count(id, chunk.length);
  };
}

/** Sends the bytes within ranges another way than the others. */
function divide(
  ranges: readonly ContentRange[],
  to: { readonly write: Write; readonly apart: Write },
): Write {
  let position = 0;
  let next = 0;
  return async (chunk) => {
    for (let start = 0; start < chunk.length;) {
      const range = ranges[next];
      const isApart = range !== undefined && position >= range.offset;
      const end = range === undefined ? Number.POSITIVE_INFINITY : range.offset + (isApart ? range.size : 0);
      const part = chunk.subarray(start, start + Math.min(chunk.length - start, end - position));
      await (isApart ? to.apart : to.write)(part);
      start += part.length;
      position += part.length;
      if (isApart && position === end) next++;
    }
  };
}

/** Bytes of what is between ranges, and after them. */
function piecesBetween(ranges: readonly ContentRange[], size: number): number[] {
  const ends = ranges.map(({ offset, size: length }) => offset + length);
  return [...ranges.map(({ offset }) => offset), size]
    .map((start, index) => start - (ends[index - 1] ?? 0))
    .filter((length) => length > 0);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
