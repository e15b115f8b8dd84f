import { createHash } from "node:crypto";
import type { Store } from "../cache/store.ts";
import type { Write } from "../effects/filter.ts";
import { createReadStream } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { Content } from "./contents.ts";
import type { Layer, PackedTar } from "./entry.ts";
import { needsTar, type SegmentStore } from "./segment-store.ts";
import { isDistribution, layerSize, type Segment } from "./segments.ts";
import { feed, writeTar } from "./tar.ts";

/** Bytes of tar below which a segment is made anew faster than it is kept and thrown away later. */
const WORTH_KEEPING = 256 * 1024;

/** What is small and changes with every build is not. */
export function isWorthKeeping({ layers, size }: Segment): boolean {
  return size >= WORTH_KEEPING || layers.some(({ isKept }) => isKept === true);
}

/**
 * Finds out what the tars of large layers are which may be as they were though nothing is known of them: the project
 * after a change of the settings. Reading them is nothing against compressing them. Others, if unknown, are new.
 * @throws VenvdebError DEB_FILE_CHANGED
 */
export async function packKnowable(
  layers: readonly Layer[],
  segments: SegmentStore | undefined,
): Promise<readonly Layer[]> {
  if (!segments) return layers;
  const packed: Layer[] = [];
  for (const layer of layers) {
    const isNew = layer.packed !== undefined || isDistribution(layer) || layerSize(layer) < WORTH_KEEPING;
    packed.push(isNew ? layer : { ...layer, packed: await packLayer(layer, async () => {}) });
  }
  return packed;
}

/**
 * Writes the tar of a segment; the tars of its layers that the next build may need are kept on the way.
 * @returns what the tar of each layer is
 * @throws VenvdebError DEB_FILE_CHANGED, CACHE_DAMAGED when a kept tar is gone or damaged: it is not there for the next try
 */
export async function writeSegment(
  { layers, position: { rootTime, isLast } }: Segment,
  write: Write,
  stores: { readonly store?: Store; readonly kept?: SegmentStore },
): Promise<PackedTar[]> {
  const packed: PackedTar[] = [];
  if (rootTime !== undefined) await writeTar([], { rootTime }, write);
  for (const layer of layers) packed.push(await writeLayer(layer, write, stores));
  if (isLast === true) await writeTar([], { isLast }, write);
  return packed;
}

/**
 * Writes the bytes of files, one after the other.
 * @param sha256 of all of them
 * @throws VenvdebError DEB_FILE_CHANGED
 */
export async function writeContents(
  contents: readonly Content[],
  sha256: string,
  write: Write,
): Promise<void> {
  const digest = createHash("sha256");
  for (const { entry } of contents)
    await feed(entry, async (chunk) => {
      digest.update(chunk);
      await write(chunk);
    });
  if (digest.digest("hex") !== sha256) throw changed({ id: contents[0]?.entry.path ?? "" });
}

async function writeLayer(
  layer: Layer,
  write: Write,
  { store, kept }: { readonly store?: Store; readonly kept?: SegmentStore },
): Promise<PackedTar> {
  const { packed: known } = layer;
  const path = known && (await store?.find(known));
  if (known && path !== undefined) {
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
    for await (const chunk of chunks) await write(chunk);
    return known;
  }
  if (layer.entries.some(({ kind }) => kind === "stored")) throw damaged(layer);
  const keeps = layer.isKept === true && needsTar(layerSize(layer), kept);
  const packed = store && keeps ? await packAndKeep(layer, write, store) : await packLayer(layer, write);
  if (known && packed.sha256 !== known.sha256) throw changed(layer);
  return packed;
}

async function packAndKeep(layer: Layer, write: Write, store: Store): Promise<PackedTar> {
  const { result } = await store.keep(
    async (keep) =>
      await packLayer(layer, async (chunk) => {
        await Promise.all([write(chunk), keep(chunk)]);
      }),
  );
  return result;
}

async function packLayer(layer: Layer, write: Write): Promise<PackedTar> {
  const { md5sums, sha256, size } = await writeTar([layer], {}, write);
  return { sha256, size, md5sums: [...md5sums] };
}

function damaged({ id }: Layer): VenvdebError {
  return new VenvdebError(
    "CACHE_DAMAGED",
    `Cannot use what the cache has of "${id}": it is damaged, or was removed during the build`,
    { hint: "run the build again: it makes it anew" },
  );
}

function changed({ id }: Pick<Layer, "id">): VenvdebError {
  return new VenvdebError(
    "DEB_FILE_CHANGED",
    `Cannot pack "${id}": its files changed during the build (wanted: the same bytes each time they are read)`,
    { hint: "run the build again while nothing else writes there" },
  );
}
