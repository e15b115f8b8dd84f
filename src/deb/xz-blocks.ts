import { VenvdebError } from "../errors.ts";
import type { ContentRange } from "./contents.ts";
import { XZ_HEADER_SIZE, xzBlocksSize, type XzRecord } from "./xz.ts";

/** A file with one .xz stream. */
export interface XzStream {
  readonly path: string;
  readonly check: number;
  readonly records: readonly XzRecord[];
}

/** Consecutive blocks of a file. */
export interface TakenBlocks {
  readonly piece: { readonly path: string; readonly start: number; readonly size: number };
  readonly blocks: readonly XzRecord[];
}

/**
 * The blocks of a stream, with those of a second one at the places that `ranges` tells of what they unpack to together.
 * @throws VenvdebError DEB_BAD_XZ where the streams' blocks do not end where ranges begin and end
 */
export function takeBlocks(
  [main, contents]: readonly XzStream[],
  ranges: readonly ContentRange[],
): TakenBlocks[] {
  if (!main) return [];
  const fromMain = new BlockCursor(main);
  if (!contents) return [fromMain.take(Number.POSITIVE_INFINITY)];
  const fromContents = new BlockCursor(contents);
  const taken: TakenBlocks[] = [];
  let position = 0;
  for (const { offset, size } of ranges) {
    taken.push(fromMain.take(offset - position), fromContents.take(size));
    position = offset + size;
  }
  taken.push(fromMain.take(Number.POSITIVE_INFINITY));
  if (fromContents.take(Number.POSITIVE_INFINITY).blocks.length > 0) throw misfit(contents.path);
  return taken.filter(({ blocks }) => blocks.length > 0);
}

/** Gives the blocks of a stream one after the other. */
class BlockCursor {
  readonly #stream: XzStream;
  #index = 0;
  #start = XZ_HEADER_SIZE;

  constructor(stream: XzStream) {
    this.#stream = stream;
  }

  /** As many as unpack to `size` bytes, or all that are left. */
  take(size: number): TakenBlocks {
    const { path, records } = this.#stream;
    const blocks: XzRecord[] = [];
    for (let left = size; left > 0;) {
      const record = records[this.#index];
      if (!record && left === Number.POSITIVE_INFINITY) break;
      if (!record || record.uncompressedSize > left) throw misfit(path);
      blocks.push(record);
      left -= record.uncompressedSize;
      this.#index++;
    }
    const piece = { path, start: this.#start, size: xzBlocksSize(blocks) };
    this.#start += piece.size;
    return { piece, blocks };
  }
}

function misfit(path: string): VenvdebError {
  return new VenvdebError(
    "DEB_BAD_XZ",
    `Cannot join "${path}": its blocks end at other places than its files`,
  );
}
