import pLimit from "p-limit";
import { join as joinPath } from "node:path";
import type { Progress } from "../reporter.ts";
import type { Store } from "../cache/store.ts";
import { COMPRESSORS, compressTo, type Joined } from "./compress.ts";
import type { Compression, Layer, PackageEntry, PackedTar } from "./entry.ts";
import { packKnowable, writeSegment, WORTH_KEEPING } from "./pack-layers.ts";
import { openSegmentStore, type SegmentStore } from "./segment-store.ts";
import { cutSegments, layerSize, wholeSegment, type Segment } from "./segments.ts";
import type { BuiltLayer } from "./types.ts";

/** data.tar, compressed in pieces, ready to be written. */
export interface DataArchive {
  readonly joined: Joined;
  readonly md5sums: ReadonlyMap<string, string>;
  readonly layers: readonly BuiltLayer[];
  /** The tars of the layers by their ids. */
  readonly packed: ReadonlyMap<string, PackedTar>;
}

export interface DataOptions {
  readonly jobs: number;
  /** Receives one file a segment. */
  readonly directory: string;
  /** What earlier builds have packed and compressed; this one's are added. */
  readonly store?: Store;
  readonly progress?: Progress;
}

/**
 * Packs and compresses prepared layers, several segments at once. The result depends on the layers and the compressor
 * alone, whatever the store has. When one segment fails the others are stopped before this returns.
 * @throws VenvdebError DEB_FILE_CHANGED, DEB_COMPRESS_FAILED, TOOL_MISSING, CACHE_DAMAGED
 */
export async function compressLayers(
  given: readonly Layer[],
  compression: Compression,
  options: DataOptions,
): Promise<DataArchive> {
  const compressor = COMPRESSORS[compression];
  const { store } = options;
  const kept = store && (await openSegmentStore(store, compression));
  const layers = await packKnowable(given, kept);
  const segments = compressor.isDivisible ? cutSegments(layers) : wholeSegment(layers);
  const made = await runSegments(segments, compression, { ...options, ...(kept ? { kept } : {}) });
  const joined = await compressor.join(made.map(({ path }) => path));
  return {
    joined,
    md5sums: new Map(made.flatMap(({ packed }) => packed.flatMap(({ md5sums }) => md5sums))),
    layers: describeAll(layers, segments, joined),
    packed: new Map(segments.flatMap((segment, index) => pairUp(segment, made[index]?.packed ?? []))),
  };
}

/** One segment, compressed. */
interface MadeSegment {
  readonly path: string;
  /** The tars of its layers, in their order. */
  readonly packed: readonly PackedTar[];
}

function pairUp(
  { layers }: Segment,
  packed: readonly PackedTar[],
): (readonly [id: string, packed: PackedTar])[] {
  return layers.flatMap(({ id }, index) => {
    const one = packed[index];
    return one === undefined ? [] : [[id, one] as const];
  });
}

interface SegmentOptions extends DataOptions {
  readonly kept?: SegmentStore;
}

async function runSegments(
  segments: readonly Segment[],
  compression: Compression,
  options: SegmentOptions,
): Promise<MadeSegment[]> {
  const limit = pLimit(options.jobs);
  const abort = new AbortController();
  const count = countBytes(segments, options.progress);
  const runs = segments.map((segment, index) => ({ segment, index }));
  // The longest first: the last one to run should be short.
  const queue = runs.toSorted((a, b) => b.segment.size - a.segment.size);
  let failure: unknown;
  const made: MadeSegment[] = [];
  const run = async ({ segment, index }: (typeof runs)[number]): Promise<void> => {
    if (abort.signal.aborted) return;
    const path = joinPath(options.directory, `segment-${index}`);
    try {
      made[index] = await makeSegment(segment, path, compression, { ...options, count, abort });
    } catch (error) {
      failure ??= error;
      abort.abort();
    }
  };
  await Promise.all(queue.map((job) => limit(run, job)));
  if (failure !== undefined) throw failure;
  return made;
}

interface RunOptions extends SegmentOptions {
  readonly count: (id: string, bytes: number) => void;
  readonly abort: AbortController;
}

async function makeSegment(
  segment: Segment,
  path: string,
  compression: Compression,
  options: RunOptions,
): Promise<MadeSegment> {
  const { kept, count } = options;
  const { layers, position } = segment;
  const known = layers.flatMap(({ packed }) => packed ?? []);
  const found = known.length === layers.length ? await kept?.find(known, position) : undefined;
  if (found !== undefined) {
    count(layers[0]?.id ?? "", segment.size);
    return { path: found, packed: known };
  }
  const packed = await compressSegment(segment, path, compression, options);
  if (isWorthKeeping(segment)) await kept?.keep(packed, position, path);
  return { path, packed };
}

/** What is small and changes with every build is not. */
function isWorthKeeping({ layers, size }: Segment): boolean {
  return size >= WORTH_KEEPING || layers.some(({ isKept }) => isKept === true);
}

async function compressSegment(
  segment: Segment,
  path: string,
  compression: Compression,
  { jobs, count, abort, store, kept }: RunOptions,
): Promise<PackedTar[]> {
  const id = segment.layers[0]?.id ?? "";
  return compressTo(
    COMPRESSORS[compression],
    path,
    async (write) =>
      writeSegment(
        segment,
        async (chunk) => {
          await write(chunk);
          count(id, chunk.length);
        },
        { ...(store ? { store } : {}), ...(kept ? { kept } : {}) },
      ),
    { jobs, signal: abort.signal },
  );
}

function countBytes(
  segments: readonly Segment[],
  progress: Progress | undefined,
): (id: string, bytes: number) => void {
  const total = segments.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  return (id, bytes) => {
    done += bytes;
    progress?.(id, done, total);
  };
}

function describeAll(
  layers: readonly Layer[],
  segments: readonly Segment[],
  { streamSizes }: Joined,
): BuiltLayer[] {
  const described = segments.flatMap((segment, index) => describeLayers(segment, streamSizes[index] ?? 0));
  const byId = new Map(described.map((layer) => [layer.id, layer]));
  return layers.flatMap(({ id }) => byId.get(id) ?? []);
}

/** A segment's bytes are divided by what its layers put into it; rounding leaves nothing over. */
function describeLayers({ layers, size }: Segment, compressedSize: number): BuiltLayer[] {
  let before = 0;
  return layers.map((layer) => {
    const start = Math.round((before / size) * compressedSize);
    before += layerSize(layer);
    const isLast = layer === layers.at(-1);
    const end = isLast ? compressedSize : Math.round((before / size) * compressedSize);
    return {
      id: layer.id,
      files: layer.entries.filter(({ kind }) => kind !== "directory").length,
      installedBytes: layer.entries.reduce((bytes, entry) => bytes + entrySize(entry), 0),
      compressedBytes: end - start,
    };
  });
}

/** Bytes of a file or of a link's target; 0 for a folder. */
export function entrySize(entry: PackageEntry): number {
  switch (entry.kind) {
    case "file":
    case "stored":
      return entry.size;
    case "data":
      return entry.data.length;
    case "symlink":
      return Buffer.byteLength(entry.target);
    default:
      return 0;
  }
}
