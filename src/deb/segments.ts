import { createHash } from "node:crypto";
import type { Layer } from "./entry.ts";
import { tarSize, type TarPosition } from "./tar.ts";

/** Consecutive layers that are compressed together: a piece of data.tar with blocks of its own. */
export interface Segment {
  readonly layers: readonly Layer[];
  readonly position: TarPosition;
  /** Bytes before compression. */
  readonly size: number;
}

/**
 * Cuts data.tar into pieces that can be compressed, and kept, each by itself: the folders, the environment, the
 * distributions, the project, the system's files, and last the end-of-archive blocks. Small distributions share
 * segments and come before the others. So no segment's bytes depend on what comes after it, nor on the number of jobs,
 * and a change of the project touches none of the large ones.
 */
export function cutSegments(layers: readonly Layer[]): Segment[] {
  const [first, ...rest] = layers;
  if (first === undefined) return [];
  const sized = rest.map((layer) => ({ layer, size: layerSize(layer) })).filter(({ size }) => size > 0);
  const shared = sized.filter(({ layer, size }) => isDistribution(layer) && size <= SMALL);
  const alone = sized.filter((one) => !shared.includes(one));
  const large = alone.filter(({ layer }) => isDistribution(layer));
  const others = alone.filter(({ layer }) => !isDistribution(layer));
  const environment = others.filter(({ layer }) => layer.id === "environment");
  const last = others.filter(({ layer }) => layer.id !== "environment");
  const groups = [
    ...environment.map((one) => [one]),
    ...groupSmall(shared),
    ...[...large, ...last].map((one) => [one]),
  ];
  return [
    segmentOf([first], { rootTime: first.mtime }),
    ...groups.map((group) =>
      segmentOf(
        group.map(({ layer }) => layer),
        {},
      ),
    ),
    segmentOf([], { isLast: true }),
  ];
}

/** All layers as one piece, for a format whose streams can't be joined. */
export function wholeSegment(layers: readonly Layer[]): Segment[] {
  const rootTime = layers[0]?.mtime;
  return [segmentOf(layers, { isLast: true, ...(rootTime === undefined ? {} : { rootTime }) })];
}

/** Bytes of a layer's tar. */
export function layerSize(layer: Layer): number {
  return layer.packed?.size ?? tarSize([layer], {});
}

/** Bytes of tar below which the dictionary that each block starts anew without costs more than the block is worth. */
export const SMALL = 8 * 1024 * 1024;

interface SizedLayer {
  readonly layer: Layer;
  readonly size: number;
}

/** Whether a layer is an installed distribution's other than the project. */
export function isDistribution({ id }: Layer): boolean {
  return id.startsWith("dist:");
}

/**
 * Where a group ends depends on its own size and on names, so a distribution that comes or goes moves the borders of
 * its neighbours only, not of all that follow.
 */
function groupSmall(layers: readonly SizedLayer[]): SizedLayer[][] {
  const groups: SizedLayer[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const one of layers) {
    const mayEnd = size >= SMALL / 4 && isBorder(one.layer.id);
    if (mayEnd || size + one.size > SMALL) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(one);
    size += one.size;
  }
  return groups;
}

/** True of one name in four. */
function isBorder(id: string): boolean {
  return ((createHash("sha256").update(id).digest()[0] ?? 0) & 3) === 0;
}

function segmentOf(layers: readonly Layer[], position: TarPosition): Segment {
  const size = layers.reduce((sum, layer) => sum + layerSize(layer), tarSize([], position));
  return { layers, position, size };
}
