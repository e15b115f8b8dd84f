import { badElf, readCString, readFields, type ByteSource } from "./elf-bytes.ts";
import type { ElfHeader } from "./elf-header.ts";

/** The dynamic section: what the loader reads (gABI, "Dynamic Linking"). Tables are given as file offsets. */
export interface DynamicSection {
  readonly needed: readonly string[];
  readonly soname?: string;
  /** One colon-separated list an entry, split. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  /** Value of an entry that is a number. */
  number(tag: number): number | undefined;
  /** File offset of an entry that is an address. */
  offset(tag: number): number | undefined;
  /** A text of the string table; at most `limit` bytes. */
  text(at: number, limit: number): string;
}

export const dynamicTag = {
  needed: 1,
  hash: 4,
  strings: 5,
  symbols: 6,
  stringsSize: 10,
  symbolSize: 11,
  soname: 14,
  rpath: 15,
  runpath: 29,
  gnuHash: 0x6fff_fef5,
  symbolVersions: 0x6fff_fff0,
  versionNeeds: 0x6fff_fffe,
  versionNeedsCount: 0x6fff_ffff,
} as const;

/** Reads PT_DYNAMIC; `undefined` for an object without one. @throws VenvdebError DEPENDS_BAD_ELF */
export function readDynamicSection(source: ByteSource, header: ElfHeader): DynamicSection | undefined {
  const segment = header.segments.find(({ type }) => type === 2);
  if (segment === undefined || segment.size === 0) return undefined;
  const entries = readEntries(source, header, segment);
  const number = (tag: number) => entries.get(tag)?.[0];
  const offset = (tag: number) => {
    const address = number(tag);
    return address === undefined ? undefined : fileOffset(header, address);
  };
  const text = stringReader(source, offset(dynamicTag.strings), number(dynamicTag.stringsSize));
  const texts = (tag: number) => (entries.get(tag) ?? []).map((at) => text(at, longestPath));
  const soname = texts(dynamicTag.soname)[0];
  return {
    needed: texts(dynamicTag.needed),
    ...(soname === undefined ? {} : { soname }),
    rpath: texts(dynamicTag.rpath).flatMap(splitPath),
    runpath: texts(dynamicTag.runpath).flatMap(splitPath),
    number,
    offset,
    text,
  };
}

/** Longer than any object in use, short enough that a hostile one costs nothing. */
const mostEntries = 4096;
/** Search paths of auditwheel and CUDA wheels list dozens of folders. */
const longestPath = 16_384;

function readEntries(
  source: ByteSource,
  { layout }: ElfHeader,
  segment: { readonly offset: number; readonly size: number },
): Map<number, number[]> {
  const entrySize = layout.wide ? 16 : 8;
  const count = Math.min(Math.floor(segment.size / entrySize), mostEntries);
  const fields = readFields(source, layout, segment.offset, count * entrySize);
  const entries = new Map<number, number[]>();
  for (let at = 0; at < fields.length; at += entrySize) {
    const tag = fields.word(at);
    if (tag === 0) return entries;
    const value = fields.word(at + entrySize / 2);
    const known = entries.get(tag);
    if (known === undefined) entries.set(tag, [value]);
    else known.push(value);
  }
  return entries;
}

/** Where an address of the loaded object is in the file. */
function fileOffset(header: ElfHeader, address: number): number {
  for (const { type, offset, address: start, size } of header.segments)
    if (type === 1 && address >= start && address < start + size) return offset + (address - start);
  throw badElf(`address 0x${address.toString(16)} is in no loaded segment`);
}

function stringReader(
  source: ByteSource,
  start: number | undefined,
  size: number | undefined,
): DynamicSection["text"] {
  const end = start === undefined ? 0 : Math.min(source.size, start + (size ?? source.size));
  return (at, limit) => {
    if (start === undefined || start + at >= end) throw badElf(`name ${at} is outside of its string table`);
    return readCString(source, start + at, end, limit);
  };
}

function splitPath(path: string): string[] {
  return path.split(":").filter((folder) => folder !== "");
}
