import type { Store } from "../cache/store.ts";
import type { Write } from "../effects/filter.ts";
import { createReadStream } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { Layer, PackedTar } from "./entry.ts";
import { needsTar, type SegmentStore } from "./segment-store.ts";
import { layerSize, type Segment } from "./segments.ts";
import { writeTar } from "./tar.ts";

/**
 * Finds out what the tar of each layer is, by reading the files of those that no earlier build has packed. Tars that
 * the next build may need are kept.
 * @throws VenvdebError DEB_FILE_CHANGED
 */
export async function packLayers(
  layers: readonly Layer[],
  store: Store,
  segments: SegmentStore | undefined,
): Promise<Layer[]> {
  const packed: Layer[] = [];
  for (const layer of layers)
    packed.push(layer.packed === undefined ? await packLayer(layer, store, segments) : layer);
  return packed;
}

async function packLayer(layer: Layer, store: Store, segments: SegmentStore | undefined): Promise<Layer> {
  const pack = async (write: Write): Promise<PackedTar> => {
    const { md5sums, sha256, size } = await writeTar([layer], {}, write);
    return { sha256, size, md5sums: [...md5sums] };
  };
  const keeps = layer.isKept === true && needsTar(layerSize(layer), segments);
  const packed = keeps ? (await store.keep(pack)).result : await pack(async () => {});
  return { ...layer, packed };
}

/**
 * Writes the tar of a segment.
 * @returns the checksums of its files
 * @throws VenvdebError DEB_FILE_CHANGED, CACHE_DAMAGED when a kept tar is gone or damaged: it is not there for the next try
 */
export async function writeSegment(
  { layers, position: { rootTime, isLast } }: Segment,
  write: Write,
  store: Store | undefined,
): Promise<PackedTar["md5sums"]> {
  const md5sums: PackedTar["md5sums"][number][] = [];
  if (rootTime !== undefined) await writeTar([], { rootTime }, write);
  for (const layer of layers) for (const sum of await writeLayer(layer, write, store)) md5sums.push(sum);
  if (isLast === true) await writeTar([], { isLast }, write);
  return md5sums;
}

async function writeLayer(
  layer: Layer,
  write: Write,
  store: Store | undefined,
): Promise<PackedTar["md5sums"]> {
  const { packed } = layer;
  const path = packed && (await store?.find(packed));
  if (packed && path !== undefined) {
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
    for await (const chunk of chunks) await write(chunk);
    return packed.md5sums;
  }
  if (layer.entries.some(({ kind }) => kind === "stored")) throw damaged(layer);
  const facts = await writeTar([layer], {}, write);
  if (packed && facts.sha256 !== packed.sha256) throw changed(layer);
  return [...facts.md5sums];
}

function damaged({ id }: Layer): VenvdebError {
  return new VenvdebError(
    "CACHE_DAMAGED",
    `Cannot use what the cache has of "${id}": it is damaged, or was removed during the build`,
    { hint: "run the build again: it makes it anew" },
  );
}

function changed({ id }: Layer): VenvdebError {
  return new VenvdebError(
    "DEB_FILE_CHANGED",
    `Cannot pack "${id}": its files changed during the build (wanted: the same bytes each time they are read)`,
    { hint: "run the build again while nothing else writes there" },
  );
}
