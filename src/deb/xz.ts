import { crc32 } from "node:zlib";
import { VenvdebError } from "../errors.ts";

/** One block as the index of a stream tells it (The .xz File Format 1.1, section 4.3); bytes. */
export interface XzRecord {
  /** Of the block without its padding to four bytes. */
  readonly unpaddedSize: number;
  readonly uncompressedSize: number;
}

export interface XzFooter {
  /** Bytes of the index, which ends where the footer begins. */
  readonly indexSize: number;
  /** The kind of check after each block: 1 CRC32, 4 CRC64, 10 SHA-256. */
  readonly check: number;
}

/** The parts of a stream around its blocks. */
export interface XzFrame {
  readonly header: Uint8Array;
  /** Index and footer. */
  readonly tail: Uint8Array;
}

export const XZ_HEADER_SIZE = 12;
export const XZ_FOOTER_SIZE = 12;

/**
 * Reads the last 12 bytes of an .xz file.
 * @throws VenvdebError DEB_BAD_XZ
 */
export function parseXzFooter(bytes: Uint8Array): XzFooter {
  const footer = Buffer.from(bytes);
  if (footer.length !== XZ_FOOTER_SIZE || footer.toString("latin1", 10) !== "YZ")
    throw badXz("it does not end like one");
  if (footer.readUInt32LE(0) !== crc32(footer.subarray(4, 10))) throw badXz("its footer is damaged");
  if (footer.readUInt8(8) !== 0 || footer.readUInt8(9) > 15) throw badXz("its flags are unknown");
  return { indexSize: (footer.readUInt32LE(4) + 1) * 4, check: footer.readUInt8(9) };
}

/**
 * Reads an index: its indicator, count, records, padding and checksum.
 * @throws VenvdebError DEB_BAD_XZ
 */
export function parseXzIndex(bytes: Uint8Array): XzRecord[] {
  const index = Buffer.from(bytes);
  const end = index.length - 4;
  if (end < 4 || index.length % 4 !== 0 || index[0] !== 0) throw badXz("its index is damaged");
  if (index.readUInt32LE(end) !== crc32(index.subarray(0, end))) throw badXz("its index is damaged");
  const cursor = { bytes: index.subarray(0, end), position: 1 };
  const count = readInteger(cursor);
  if (count > end / 2) throw badXz("its index claims more blocks than it lists");
  const records = Array.from({ length: count }, () => ({
    unpaddedSize: readInteger(cursor),
    uncompressedSize: readInteger(cursor),
  }));
  const padding = cursor.bytes.subarray(cursor.position);
  if (padding.length > 3 || padding.some((byte) => byte !== 0)) throw badXz("its index is padded wrongly");
  return records;
}

/** Bytes that the blocks take in the file, each padded to a multiple of four. */
export function xzBlocksSize(records: readonly XzRecord[]): number {
  return records.reduce((size, { unpaddedSize }) => size + Math.ceil(unpaddedSize / 4) * 4, 0);
}

/** What turns the blocks of several streams, put one after the other, into one stream. All must have the same `check`. */
export function frameXz(records: readonly XzRecord[], check: number): XzFrame {
  const flags = Buffer.from([0, check]);
  const index = renderIndex(records);
  const footer = Buffer.alloc(XZ_FOOTER_SIZE);
  footer.writeUInt32LE(index.length / 4 - 1, 4);
  footer.set(flags, 8);
  footer.writeUInt32LE(crc32(footer.subarray(4, 10)), 0);
  footer.write("YZ", 10, "latin1");
  return {
    header: Buffer.concat([MAGIC, flags, uint32(crc32(flags))]),
    tail: Buffer.concat([index, footer]),
  };
}

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/** Variable-length integers: seven bits a byte, lowest first; the last byte has the high bit clear (section 1.2). */
function readInteger(cursor: { readonly bytes: Uint8Array; position: number }): number {
  let value = 0;
  for (let weight = 1; weight <= 2 ** 49; weight *= 128) {
    const byte = cursor.bytes[cursor.position++];
    if (byte === undefined) throw badXz("its index ends too early");
    value += (byte & 0x7f) * weight;
    if (byte < 0x80 && Number.isSafeInteger(value)) return value;
  }
  throw badXz("its index holds a number that is too big");
}

function renderInteger(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

function renderIndex(records: readonly XzRecord[]): Buffer {
  const numbers = records.flatMap(({ unpaddedSize, uncompressedSize }) => [unpaddedSize, uncompressedSize]);
  const bytes = [0, ...[records.length, ...numbers].flatMap(renderInteger)];
  while (bytes.length % 4 !== 0) bytes.push(0);
  const body = Buffer.from(bytes);
  return Buffer.concat([body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function badXz(problem: string): VenvdebError {
  return new VenvdebError("DEB_BAD_XZ", `Cannot read the xz stream: ${problem}`);
}
