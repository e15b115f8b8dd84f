import { crc32, inflateRawSync } from "node:zlib";

/** One file of a zip archive. Folders are left out. */
export interface ZipEntry {
  readonly name: string;
  /** Permission bits, 0 where the archive has none. */
  readonly mode: number;
  readonly size: number;
  /** @throws Error when the bytes are damaged or more than they say */
  readonly read: () => Buffer;
}

/**
 * Reads the table of a zip archive (APPNOTE.TXT 4.3, as far as wheels use it: stored or deflated, zip64 too). Every
 * offset is checked against the archive.
 * @throws Error with the reason when it is no sound archive; the caller names it
 */
export function readZip(archive: Buffer): ZipEntry[] {
  const { count, offset } = findTable(archive);
  const entries: ZipEntry[] = [];
  let position = offset;
  for (let index = 0; index < count; index++) {
    if (uint32(archive, position) !== CENTRAL) throw new Error("its table is damaged");
    const { entry, end } = readEntry(archive, position);
    if (!entry.name.endsWith("/")) entries.push(entry);
    position = end;
  }
  return entries;
}

const END = 0x06_05_4b_50;
const END64 = 0x06_06_4b_50;
const CENTRAL = 0x02_01_4b_50;
const LOCAL = 0x04_03_4b_50;
const WIDE = 0xff_ff_ff_ff;
/** More than any wheel holds; stops a table that lies about its length. */
const MAXIMUM_ENTRIES = 1_000_000;

function findTable(archive: Buffer): { readonly count: number; readonly offset: number } {
  const from = Math.max(0, archive.length - 22 - 0xff_ff);
  for (let at = archive.length - 22; at >= from; at--) {
    if (archive.readUInt32LE(at) !== END) continue;
    const count = archive.readUInt16LE(at + 10);
    const offset = archive.readUInt32LE(at + 16);
    if (count !== 0xff_ff && offset !== WIDE) return { count, offset };
    return findTable64(archive, at);
  }
  throw new Error("it is no zip archive");
}

function findTable64(archive: Buffer, end: number): { readonly count: number; readonly offset: number } {
  const at = uint64(archive, end - 20 + 8);
  if (uint32(archive, at) !== END64) throw new Error("its table is damaged");
  const count = uint64(archive, at + 32);
  if (count > MAXIMUM_ENTRIES) throw new Error("its table is damaged");
  return { count, offset: uint64(archive, at + 48) };
}

function readEntry(archive: Buffer, at: number): { readonly entry: ZipEntry; readonly end: number } {
  const nameEnd = at + 46 + uint16(archive, at + 28);
  const end = nameEnd + uint16(archive, at + 30) + uint16(archive, at + 32);
  if (end > archive.length) throw new Error("its table is damaged");
  const name = archive.toString("utf8", at + 46, nameEnd);
  const wide = readWide(archive, at, nameEnd, nameEnd + uint16(archive, at + 30));
  const checksum = uint32(archive, at + 16);
  const method = uint16(archive, at + 10);
  const read = () => readMember(archive, { ...wide, name, method, checksum });
  return { entry: { name, mode: (uint32(archive, at + 38) >>> 16) & 0o7777, size: wide.size, read }, end };
}

interface Extent {
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
}

/** Sizes and offset, from the zip64 extra field (id 1) where the short fields are full. */
function readWide(archive: Buffer, at: number, from: number, to: number): Extent {
  const short = [uint32(archive, at + 24), uint32(archive, at + 20), uint32(archive, at + 42)];
  let field = from;
  while (field + 4 <= to && uint16(archive, field) !== 1) field += 4 + uint16(archive, field + 2);
  let next = field + 4;
  const [size = 0, packed = 0, offset = 0] = short.map((value) => {
    if (value !== WIDE) return value;
    next += 8;
    if (next > to) throw new Error("its table is damaged");
    return uint64(archive, next - 8);
  });
  return { size, packed, offset };
}

function readMember(
  archive: Buffer,
  member: Extent & { readonly name: string; readonly method: number; readonly checksum: number },
): Buffer {
  const { name, method, offset, packed, size } = member;
  if (uint32(archive, offset) !== LOCAL) throw new Error(`its member "${name}" is damaged`);
  const start = offset + 30 + uint16(archive, offset + 26) + uint16(archive, offset + 28);
  if (start + packed > archive.length) throw new Error(`its member "${name}" is damaged`);
  const bytes = archive.subarray(start, start + packed);
  if (method !== 0 && method !== 8) throw new Error(`its member "${name}" is packed in an unknown way`);
  const data = method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  if (data.length !== size || crc32(data) !== member.checksum)
    throw new Error(`its member "${name}" is damaged`);
  return data;
}

function uint16(archive: Buffer, at: number): number {
  if (at < 0 || at + 2 > archive.length) throw new Error("it ends too early");
  return archive.readUInt16LE(at);
}

function uint32(archive: Buffer, at: number): number {
  if (at < 0 || at + 4 > archive.length) throw new Error("it ends too early");
  return archive.readUInt32LE(at);
}

function uint64(archive: Buffer, at: number): number {
  if (at < 0 || at + 8 > archive.length) throw new Error("it ends too early");
  const value = archive.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error("its table is damaged");
  return Number(value);
}
