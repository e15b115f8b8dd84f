import { badElf, readFields, type ByteSource, type ElfLayout } from "./elf-bytes.ts";
import type { ObjectAbi } from "./types.ts";

export interface ElfHeader {
  readonly layout: ElfLayout;
  readonly abi: ObjectAbi;
  readonly type: ElfType;
  readonly segments: readonly Segment[];
}

/** `e_type`. */
export type ElfType = "relocatable" | "executable" | "shared" | "core" | "other";

/** One program header. */
interface Segment {
  /** `p_type`: 1 PT_LOAD, 2 PT_DYNAMIC, 3 PT_INTERP. */
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
}

/** Whether these are the first bytes of an ELF object. */
export function hasElfMagic(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46
  );
}

/** Reads the ELF header and the program headers. @throws VenvdebError DEPENDS_BAD_ELF */
export function readElfHeader(source: ByteSource): ElfHeader {
  const ident = source.read(0, 16);
  const layout = layoutOf(ident);
  const { wide } = layout;
  const fields = readFields(source, layout, 0, wide ? 64 : 52);
  const abi = {
    class: wide ? 64 : 32,
    littleEndian: layout.littleEndian,
    machine: fields.u16(18),
    flags: fields.u32(wide ? 48 : 36),
    osAbi: ident[7] ?? 0,
  } as const;
  const table = {
    offset: fields.word(wide ? 32 : 28),
    entrySize: fields.u16(wide ? 54 : 42),
    count: fields.u16(wide ? 56 : 44),
  };
  const sections = fields.word(wide ? 40 : 32);
  const count = table.count === 0xffff ? readExtendedCount(source, layout, sections) : table.count;
  const type = types[fields.u16(16)] ?? "other";
  return { layout, abi, type, segments: readSegments(source, layout, { ...table, count }) };
}

const types: Readonly<Record<number, ElfType>> = {
  1: "relocatable",
  2: "executable",
  3: "shared",
  4: "core",
};

function layoutOf(ident: Uint8Array): ElfLayout {
  const [, , , , elfClass, data, version] = ident;
  if (elfClass !== 1 && elfClass !== 2) throw badElf(`its class is ${elfClass} (wanted: 1 or 2)`);
  if (data !== 1 && data !== 2) throw badElf(`its byte order is ${data} (wanted: 1 or 2)`);
  if (version !== 1) throw badElf(`its format version is ${version} (wanted: 1)`);
  return { wide: elfClass === 2, littleEndian: data === 1 };
}

/** With PN_XNUM program headers or more, their number is in `sh_info` of the first section header. */
function readExtendedCount(source: ByteSource, layout: ElfLayout, sections: number): number {
  return readFields(source, layout, sections, layout.wide ? 64 : 40).u32(layout.wide ? 44 : 28);
}

function readSegments(
  source: ByteSource,
  layout: ElfLayout,
  table: { readonly offset: number; readonly entrySize: number; readonly count: number },
): Segment[] {
  if (table.count === 0) return [];
  const smallest = layout.wide ? 56 : 32;
  if (table.entrySize < smallest)
    throw badElf(`its program headers have ${table.entrySize} bytes each (wanted: ${smallest})`);
  const fields = readFields(source, layout, table.offset, table.count * table.entrySize);
  return Array.from({ length: table.count }, (_, index) => {
    const at = index * table.entrySize;
    return layout.wide
      ? {
          type: fields.u32(at),
          offset: fields.word(at + 8),
          address: fields.word(at + 16),
          size: fields.word(at + 32),
        }
      : {
          type: fields.u32(at),
          offset: fields.word(at + 4),
          address: fields.word(at + 8),
          size: fields.word(at + 16),
        };
  });
}
