import type { ContentRange } from "./contents.ts";
import { open, stat } from "../effects/fs.ts";
import { filterToFile, type Filter, type Write } from "../effects/filter.ts";
import { VenvdebError } from "../errors.ts";
import type { Compression } from "./entry.ts";
import {
  XZ_FOOTER_SIZE,
  XZ_HEADER_SIZE,
  frameXz,
  parseXzFooter,
  parseXzIndex,
  xzBlocksSize,
  type XzRecord,
} from "./xz.ts";
import { takeBlocks, type XzStream } from "./xz-blocks.ts";

/** One way to compress data.tar. A new one is an entry of COMPRESSORS. */
export interface Compressor {
  /** Of the member's name: `.xz`. */
  readonly extension: string;
  /**
   * The program, or nothing where the bytes stay as they are. `jobs` may change its speed, never its output. With
   * `pieces`, bytes of consecutive pieces, each is compressed by itself; only where `hasBlocks`.
   */
  readonly filter?: (jobs: number, pieces?: readonly number[]) => Filter;
  /** Whether a stream is made of blocks that can be taken out of it and put into another. */
  readonly hasBlocks?: true;
  /** Whether streams made apart can be joined into one that dpkg reads to its end. */
  readonly isDivisible: boolean;
  /** What to write for the given streams, in their order. */
  readonly join: (streams: readonly Stream[]) => Promise<Joined>;
}

/** A file with a compressed stream. */
export interface Stream {
  readonly path: string;
  /** Pieces that go into it, made of the blocks of another stream. */
  readonly contents?: Contents;
}

export interface Contents {
  readonly path: string;
  /** Where they are in what both streams unpack to together. */
  readonly ranges: readonly ContentRange[];
}

/** Pieces to be written one after the other. */
export interface Joined {
  readonly pieces: readonly (Uint8Array | FilePiece)[];
  /** Bytes of all pieces. */
  readonly size: number;
  /** Bytes that each of the given streams takes of it, without what it shares with the others. */
  readonly streamSizes: readonly number[];
}

export interface FilePiece {
  readonly path: string;
  readonly start: number;
  readonly size: number;
}

/**
 * xz: threaded mode, whose bytes are the same for every number of threads (but one without `+`), and blocks of one size.
 * zstd: one stream, since dpkg stops after the first frame; its bytes are the same for every `-T`.
 * gzip: without name and time.
 */
export const COMPRESSORS: Readonly<Record<Compression, Compressor>> = {
  xz: {
    extension: ".xz",
    filter: (_, pieces = []) => filterFor("xz", [...XZ_ARGS, ...blockList(pieces)], "xz-utils"),
    hasBlocks: true,
    isDivisible: true,
    join: joinXz,
  },
  zstd: {
    extension: ".zst",
    filter: (jobs) => filterFor("zstd", ["-10", `-T${jobs}`, "-q", "-c"], "zstd"),
    isDivisible: false,
    join: concatenate,
  },
  gzip: {
    extension: ".gz",
    filter: () => filterFor("gzip", ["-9", "-n", "-c"], "gzip"),
    isDivisible: true,
    join: concatenate,
  },
  none: { extension: "", isDivisible: true, join: concatenate },
};

const XZ_ARGS = ["-T+1", "-6", "--check=crc64", "--block-size=25165824", "-c"];

/** Larger pieces are several blocks all the same. */
function blockList(pieces: readonly number[]): string[] {
  return pieces.length === 0 ? [] : [`--block-list=${pieces.join(",")}`];
}

/**
 * control.tar.zst is unknown to many readers of packages, lintian among them, so zstd has control.tar.xz. Of a large one nearly
 * all is checksums, from which -6 gets little more than -0, and every build makes it anew: that is half a second.
 * @param size bytes of what is to be compressed
 */
export function controlCompressor(compression: Compression, size: number): Compressor {
  if (compression !== "xz" && compression !== "zstd") return COMPRESSORS[compression];
  return size <= SMALL_CONTROL ? COMPRESSORS.xz : LARGE_CONTROL_XZ;
}

const SMALL_CONTROL = 128 * 1024;

const LARGE_CONTROL_XZ: Compressor = {
  ...COMPRESSORS.xz,
  filter: () => filterFor("xz", ["-T+1", "-0", "--check=crc64", "-c"], "xz-utils"),
};

/**
 * Compresses what `feed` writes into a new file.
 * @throws VenvdebError TOOL_MISSING, DEB_COMPRESS_FAILED, or what `feed` throws.
 */
export async function compressTo<T>(
  compressor: Compressor,
  path: string,
  feed: (write: Write) => Promise<T>,
  options: { readonly jobs: number; readonly signal?: AbortSignal; readonly pieces?: readonly number[] },
): Promise<T> {
  const { jobs, signal, pieces } = options;
  if (compressor.filter) return filterToFile(compressor.filter(jobs, pieces), path, feed, signal);
  const file = await open(path, "wx", 0o600);
  try {
    return await feed(async (chunk) => {
      options.signal?.throwIfAborted();
      await file.writeFile(chunk);
    });
  } finally {
    await file.close();
  }
}

function filterFor(program: string, args: readonly string[], debianPackage: string): Filter {
  return {
    program,
    args,
    debianPackage,
    failure: { code: "DEB_COMPRESS_FAILED", doing: "compress the package" },
  };
}

async function concatenate(streams: readonly Stream[]): Promise<Joined> {
  const pieces: FilePiece[] = [];
  for (const { path } of streams) pieces.push({ path, start: 0, size: (await stat(path)).size });
  const streamSizes = pieces.map(({ size }) => size);
  return { pieces, streamSizes, size: streamSizes.reduce((total, size) => total + size, 0) };
}

/** One stream of the blocks of all: their header, a new index, a new footer (The .xz File Format 1.1, section 2). */
async function joinXz(streams: readonly Stream[]): Promise<Joined> {
  const records: XzRecord[] = [];
  const pieces: FilePiece[] = [];
  const streamSizes: number[] = [];
  let check: number | undefined;
  for (const { path, contents } of streams) {
    const parts = [await readXzStream(path), ...(contents ? [await readXzStream(contents.path)] : [])];
    for (const part of parts) {
      if (check !== undefined && part.check !== check)
        throw new VenvdebError("DEB_BAD_XZ", mixedChecks(part.path));
      check = part.check;
    }
    const taken = takeBlocks(parts, contents?.ranges ?? []);
    for (const { piece, blocks } of taken) {
      pieces.push(piece);
      for (const record of blocks) records.push(record);
    }
    streamSizes.push(taken.reduce((size, { piece }) => size + piece.size, 0));
  }
  const { header, tail } = frameXz(records, check ?? 4);
  const size = streamSizes.reduce((total, blocks) => total + blocks, header.length + tail.length);
  return { pieces: [header, ...pieces, tail], size, streamSizes };
}

async function readXzStream(path: string): Promise<XzStream> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const footerStart = size - XZ_FOOTER_SIZE;
    if (footerStart < XZ_HEADER_SIZE)
      throw new VenvdebError("DEB_BAD_XZ", `Cannot read "${path}": it is cut off`);
    const { check, indexSize } = parseXzFooter(await readBytes(file, footerStart, XZ_FOOTER_SIZE));
    const indexStart = footerStart - indexSize;
    const records =
      indexStart < XZ_HEADER_SIZE ? [] : parseXzIndex(await readBytes(file, indexStart, indexSize));
    if (XZ_HEADER_SIZE + xzBlocksSize(records) !== indexStart)
      throw new VenvdebError("DEB_BAD_XZ", `Cannot read "${path}": its index does not fit to its blocks`);
    return { path, check, records };
  } finally {
    await file.close();
  }
}

async function readBytes(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function mixedChecks(path: string): string {
  return `Cannot join the xz streams: "${path}" has another kind of check`;
}
