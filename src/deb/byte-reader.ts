import { VenvdebError } from "../errors.ts";

/** Takes chunks of any size apart into what a format asks for; keeps no more than the chunk that came last. */
export interface ByteReader {
  /** Exactly `length` bytes (a small number: they are in memory); undefined at the end of the input. */
  readonly take: (length: number) => Promise<Uint8Array | undefined>;
  /** The next `length` bytes as they come. */
  readonly stream: (length: number) => AsyncGenerator<Uint8Array>;
  /** Reads what is left, so that damage at the end is noticed. */
  readonly drain: () => Promise<void>;
  /** Stops the input. */
  readonly close: () => Promise<void>;
}

/**
 * Wraps the output of a decompressor.
 * @throws VenvdebError DEB_TRUNCATED from its methods when the input ends in the middle.
 */
export function createByteReader(input: AsyncIterable<Uint8Array>): ByteReader {
  const chunks = input[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  /** Up to `length` bytes without a copy; empty only at the end. */
  const next = async (length: number): Promise<Uint8Array> => {
    while (rest.length === 0) {
      const result = await chunks.next();
      if (result.done === true) return rest;
      rest = result.value;
    }
    const piece = rest.subarray(0, length);
    rest = rest.subarray(piece.length);
    return piece;
  };

  async function* stream(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const piece = await next(left);
      if (piece.length === 0) throw truncated();
      left -= piece.length;
      yield piece;
    }
  }

  const take = async (length: number): Promise<Uint8Array | undefined> => {
    const first = await next(length);
    if (first.length === 0) return undefined;
    if (first.length === length) return first;
    const pieces = [first];
    for await (const piece of stream(length - first.length)) pieces.push(piece);
    return Buffer.concat(pieces);
  };

  const drain = async (): Promise<void> => {
    while ((await chunks.next()).done !== true);
  };
  const close = async (): Promise<void> => {
    await chunks.return?.();
  };
  return { take, stream, drain, close };
}

function truncated(): VenvdebError {
  return new VenvdebError("DEB_TRUNCATED", "Cannot read the package: its tar ends in the middle of a member");
}
