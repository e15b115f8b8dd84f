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
 * Cuts data.tar into pieces that can be compressed, and kept, each by itself: the first layer (the folders), then the
 * others, of which small ones that follow each other share a segment, and last the end-of-archive blocks. So no
 * segment's bytes depend on what comes after it, nor on the number of jobs.
 */
export function cutSegments(layers: readonly Layer[]): Segment[] {
  const [first, ...rest] = layers;
  if (first === undefined) return [];
  return [
    segmentOf([first], { rootTime: first.mtime }),
    ...groupLayers(rest).map((group) => segmentOf(group, {})),
    segmentOf([], { isLast: true }),
  ];
}

/** All layers as one piece, for a format whose streams can't be joined. */
export function wholeSegment(layers: readonly Layer[]): Segment[] {
  const rootTime = layers[0]?.mtime;
  return [segmentOf(layers, { isLast: true, ...(rootTime === undefined ? {} : { rootTime }) })];
}

/** Below this, the dictionary that each block starts anew without costs more than the block is worth. */
const SMALL = 4 * 1024 * 1024;

function groupLayers(layers: readonly Layer[]): Layer[][] {
  const groups: Layer[][] = [];
  let room = 0;
  for (const layer of layers) {
    const size = tarSize([layer], {});
    if (size === 0) continue;
    const group = groups.at(-1);
    if (group && size <= room) group.push(layer);
    else {
      groups.push([layer]);
      room = SMALL;
    }
    room -= size;
  }
  return groups;
}

function segmentOf(layers: readonly Layer[], position: TarPosition): Segment {
  return { layers, position, size: tarSize(layers, position) };
}
