import { VenvdebError } from "../errors.ts";

/** Where an object's bytes come from; every read is checked against the size. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes. @throws VenvdebError DEPENDS_BAD_ELF beyond the end */
  read(offset: number, length: number): Uint8Array;
}

/** Word size and byte order of an object (`EI_CLASS`, `EI_DATA`). */
export interface ElfLayout {
  readonly wide: boolean;
  readonly littleEndian: boolean;
}

/** Fields of one piece of an object, by offset in the piece. */
export interface Fields {
  readonly length: number;
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  /** An address or size: 8 bytes in a 64-bit object, else 4. Beyond 2^53 it loses its last bits, and is out of every file anyway. */
  word(at: number): number;
}

/** Wraps the reading of a file or array with the check of bounds. */
export function boundedSource(
  size: number,
  read: (offset: number, length: number) => Uint8Array,
): ByteSource {
  return {
    size,
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= size))
        throw badElf(`it refers to ${length} bytes at offset ${offset}, and ends at ${size}`);
      return read(offset, length);
    },
  };
}

/** Reads a piece as fields. @throws VenvdebError DEPENDS_BAD_ELF beyond the end */
export function readFields(source: ByteSource, layout: ElfLayout, offset: number, length: number): Fields {
  const bytes = source.read(offset, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { littleEndian, wide } = layout;
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  return {
    length,
    u8: (at) => view.getUint8(at),
    u16: (at) => view.getUint16(at, littleEndian),
    u32,
    word: (at) => {
      if (!wide) return u32(at);
      return littleEndian ? u32(at) + u32(at + 4) * 0x1_0000_0000 : u32(at) * 0x1_0000_0000 + u32(at + 4);
    },
  };
}

/** The text up to the next NUL. `limit` bounds hostile tables without one. @throws VenvdebError DEPENDS_BAD_ELF */
export function readCString(source: ByteSource, offset: number, end: number, limit: number): string {
  const stop = Math.min(end, source.size, offset + limit);
  let length = 0;
  while (length < stop - offset) {
    length = Math.min(Math.max(128, length * 8), stop - offset);
    const bytes = source.read(offset, length);
    const nul = bytes.indexOf(0);
    if (nul >= 0) return Buffer.from(bytes.buffer, bytes.byteOffset, nul).toString("utf8");
  }
  throw badElf(`a name at offset ${offset} has no end`);
}

/** The error of a damaged object; whoever knows its path puts it into the message. */
export function badElf(reason: string): VenvdebError {
  return new VenvdebError("DEPENDS_BAD_ELF", `Cannot read ELF object: ${reason}`);
}
