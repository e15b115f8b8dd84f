import pLimit from "p-limit";
import { join as joinPath } from "node:path";
import type { Progress } from "../reporter.ts";
import { COMPRESSORS, compressTo, type Joined } from "./compress.ts";
import type { Compression, Layer, PackageEntry } from "./entry.ts";
import { cutSegments, wholeSegment, type Segment } from "./segments.ts";
import { tarSize, writeTar, type TarFacts } from "./tar.ts";
import type { BuiltLayer } from "./types.ts";

/** data.tar, compressed in pieces, ready to be written. */
export interface DataArchive {
  readonly joined: Joined;
  readonly md5sums: ReadonlyMap<string, string>;
  readonly layers: readonly BuiltLayer[];
}

export interface DataOptions {
  readonly jobs: number;
  /** Receives one file a segment. */
  readonly directory: string;
  readonly progress?: Progress;
}

/**
 * Packs and compresses prepared layers, several segments at once. The result depends on the layers and the compressor
 * alone. When one segment fails the others are stopped before this returns.
 * @throws VenvdebError DEB_FILE_CHANGED, DEB_COMPRESS_FAILED, TOOL_MISSING
 */
export async function compressLayers(
  layers: readonly Layer[],
  compression: Compression,
  options: DataOptions,
): Promise<DataArchive> {
  const compressor = COMPRESSORS[compression];
  const segments = compressor.isDivisible ? cutSegments(layers) : wholeSegment(layers);
  const paths = segments.map((_, index) => joinPath(options.directory, `segment-${index}`));
  const facts = await runSegments(segments, paths, compression, options);
  const joined = await compressor.join(paths);
  return {
    joined,
    md5sums: new Map(facts.flatMap(({ md5sums }) => Array.from(md5sums))),
    layers: segments.flatMap((segment, index) => describeLayers(segment, joined.streamSizes[index] ?? 0)),
  };
}

async function runSegments(
  segments: readonly Segment[],
  paths: readonly string[],
  compression: Compression,
  options: DataOptions,
): Promise<TarFacts[]> {
  const limit = pLimit(options.jobs);
  const abort = new AbortController();
  const count = countBytes(segments, options.progress);
  const runs = segments.map((segment, index) => ({ segment, path: paths[index] ?? "", index }));
  // The longest first: the last one to run should be short.
  const queue = runs.toSorted((a, b) => b.segment.size - a.segment.size);
  let failure: unknown;
  const facts: TarFacts[] = [];
  const run = async ({ segment, path, index }: (typeof runs)[number]): Promise<void> => {
    if (abort.signal.aborted) return;
    try {
      facts[index] = await compressSegment(segment, path, compression, { ...options, count, abort });
    } catch (error) {
      failure ??= error;
      abort.abort();
    }
  };
  await Promise.all(queue.map((job) => limit(run, job)));
  if (failure !== undefined) throw failure;
  return facts;
}

async function compressSegment(
  { layers, position }: Segment,
  path: string,
  compression: Compression,
  {
    jobs,
    count,
    abort,
  }: DataOptions & { count: (id: string, bytes: number) => void; abort: AbortController },
): Promise<TarFacts> {
  const id = layers[0]?.id ?? "";
  return compressTo(
    COMPRESSORS[compression],
    path,
    async (write) =>
      writeTar(layers, position, async (chunk) => {
        await write(chunk);
        count(id, chunk.length);
      }),
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

/** A segment's bytes are divided by what its layers put into it; rounding leaves nothing over. */
function describeLayers({ layers, size }: Segment, compressedSize: number): BuiltLayer[] {
  let before = 0;
  return layers.map((layer) => {
    const start = Math.round((before / size) * compressedSize);
    before += tarSize([layer], {});
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
      return entry.size;
    case "data":
      return entry.data.length;
    case "symlink":
      return Buffer.byteLength(entry.target);
    default:
      return 0;
  }
}
