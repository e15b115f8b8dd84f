import pLimit from "p-limit";
import { join as joinPath } from "node:path";
import type { Progress } from "../reporter.ts";
import type { Store } from "../cache/store.ts";
import { COMPRESSORS, type Joined } from "./compress.ts";
import type { Compression, Layer, PackedTar } from "./entry.ts";
import { entrySize } from "./entry-size.ts";
import { makeSegment, type MadeSegment } from "./make-segment.ts";
import { packKnowable } from "./pack-layers.ts";
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
  const joined = await compressor.join(made.map(({ stream }) => stream));
  return {
    joined,
    md5sums: new Map(made.flatMap(({ packed }) => packed.flatMap(({ md5sums }) => md5sums))),
    layers: describeAll(layers, segments, joined),
    packed: new Map(segments.flatMap((segment, index) => pairUp(segment, made[index]?.packed ?? []))),
  };
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
      made[index] = await makeSegment(segment, path, {
        ...options,
        compression,
        count,
        signal: abort.signal,
      });
    } catch (error) {
      failure ??= error;
      abort.abort();
    }
  };
  await Promise.all(queue.map((job) => limit(run, job)));
  if (failure !== undefined) throw failure;
  return made;
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
