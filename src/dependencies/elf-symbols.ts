import { badElf, readFields, type ByteSource } from "./elf-bytes.ts";
import { dynamicTag, type DynamicSection } from "./elf-dynamic.ts";
import type { ElfHeader } from "./elf-header.ts";
import type { VersionNeed } from "./types.ts";

/** A symbol that the object takes from elsewhere. `library` is known for a versioned one. */
export interface UndefinedSymbol {
  readonly name: string;
  readonly version?: string;
  readonly library?: string;
}

/** `.gnu.version_r`, with the indices by which the symbol table refers to it. */
export interface VersionTable {
  readonly needs: readonly VersionNeed[];
  readonly byIndex: ReadonlyMap<number, { readonly version: string; readonly library: string }>;
}

/** Reads the version needs (LSB, "Symbol Versioning"). @throws VenvdebError DEPENDS_BAD_ELF */
export function readVersionTable(
  source: ByteSource,
  header: ElfHeader,
  dynamic: DynamicSection,
): VersionTable {
  const needs: VersionNeed[] = [];
  const byIndex = new Map<number, { version: string; library: string }>();
  let at = dynamic.offset(dynamicTag.versionNeeds);
  let left = dynamic.number(dynamicTag.versionNeedsCount) ?? 0;
  let budget = mostVersions;
  while (at !== undefined && left-- > 0) {
    const fields = readFields(source, header.layout, at, 16);
    const library = dynamic.text(fields.u32(4), longestName);
    const versions: string[] = [];
    let auxiliary = at + fields.u32(8);
    for (let rest = fields.u16(2); rest > 0; rest--) {
      if (budget-- === 0) throw badElf("it has too many symbol versions");
      const need = readFields(source, header.layout, auxiliary, 16);
      const version = dynamic.text(need.u32(8), longestName);
      versions.push(version);
      byIndex.set(need.u16(6) & 0x7fff, { version, library });
      if (need.u32(12) === 0) break;
      auxiliary += need.u32(12);
    }
    needs.push({ library, versions });
    if (budget-- === 0) throw badElf("it has too many symbol versions");
    at = fields.u32(12) === 0 ? undefined : at + fields.u32(12);
  }
  return { needs, byIndex };
}

/** Reads the undefined symbols of the dynamic symbol table, in its order. @throws VenvdebError DEPENDS_BAD_ELF */
export function readUndefinedSymbols(
  source: ByteSource,
  header: ElfHeader,
  dynamic: DynamicSection,
  versions: VersionTable,
): UndefinedSymbol[] {
  const start = dynamic.offset(dynamicTag.symbols);
  if (start === undefined) return [];
  const { wide } = header.layout;
  const size = wide ? 24 : 16;
  const count = countSymbols(source, header, dynamic);
  const table = readFields(source, header.layout, start, count * size);
  const indices = readVersionIndices(source, header, dynamic, count);
  const symbols: UndefinedSymbol[] = [];
  let budget = mostNameBytes;
  for (let index = 1; index < count; index++) {
    const at = index * size;
    if (table.u16(at + (wide ? 6 : 14)) !== 0) continue;
    const name = dynamic.text(table.u32(at), longestName);
    if (name === "") continue;
    budget -= name.length;
    if (budget < 0) throw badElf("the names of its symbols are too long");
    symbols.push({ name, ...versions.byIndex.get((indices?.u16(index * 2) ?? 0) & 0x7fff) });
  }
  return symbols;
}

/** Version needs have a 15-bit index. */
const mostVersions = 0x8000;
/** Mangled names of templates reach tens of kilobytes. */
const longestName = 0x10_0000;
const mostNameBytes = 0x400_0000;
/** Tables are made for one or two symbols a chain. */
const longestChain = 0x1_0000;

function readVersionIndices(source: ByteSource, header: ElfHeader, dynamic: DynamicSection, count: number) {
  const offset = dynamic.offset(dynamicTag.symbolVersions);
  return offset === undefined ? undefined : readFields(source, header.layout, offset, count * 2);
}

/** The table's length is written nowhere but in the hash tables. */
function countSymbols(source: ByteSource, header: ElfHeader, dynamic: DynamicSection): number {
  const hash = dynamic.offset(dynamicTag.hash);
  if (hash !== undefined) return countByHash(source, header, hash);
  const gnuHash = dynamic.offset(dynamicTag.gnuHash);
  if (gnuHash !== undefined) return countByGnuHash(source, header, gnuHash);
  // Linkers put the string table right behind the symbols.
  const symbols = dynamic.offset(dynamicTag.symbols) ?? 0;
  const strings = dynamic.offset(dynamicTag.strings) ?? 0;
  return Math.max(0, Math.floor((strings - symbols) / (header.layout.wide ? 24 : 16)));
}

function countByHash(source: ByteSource, { layout, abi }: ElfHeader, offset: number): number {
  // 64-bit s390x and alpha have 8-byte entries; their order of bytes tells where the low half is.
  const long = layout.wide && (abi.machine === 22 || abi.machine === 0x9026);
  if (long) return readFields(source, layout, offset, 16).word(8);
  return readFields(source, layout, offset, 8).u32(4);
}

function countByGnuHash(source: ByteSource, { layout }: ElfHeader, offset: number): number {
  const head = readFields(source, layout, offset, 16);
  const bucketCount = head.u32(0);
  const firstHashed = head.u32(4);
  const bucketsAt = offset + 16 + head.u32(8) * (layout.wide ? 8 : 4);
  const buckets = readFields(source, layout, bucketsAt, bucketCount * 4);
  let last = 0;
  for (let at = 0; at < buckets.length; at += 4) last = Math.max(last, buckets.u32(at));
  if (last < firstHashed) return firstHashed;
  const chainsAt = bucketsAt + bucketCount * 4;
  // A chain's last link is odd.
  for (let link = 0; link < longestChain; link++) {
    const at = chainsAt + (last + link - firstHashed) * 4;
    if ((readFields(source, layout, at, 4).u32(0) & 1) === 1) return last + link + 1;
  }
  throw badElf("its symbol hash table has no end");
}
