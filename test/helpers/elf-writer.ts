/** What a hand-made object says; texts are put into its string table. */
export interface ElfDescription {
  readonly wide: boolean;
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly needed: readonly string[];
  readonly soname?: string;
  readonly runpath?: string;
  /** One needed version of one library. */
  readonly version?: { readonly library: string; readonly node: string };
  /** An undefined symbol; with `version`, of that version. */
  readonly symbol?: string;
}

const loadAddress = 0x40_0000;

/** The bytes of a minimal shared object of any class and byte order, without sections, as a stripped one is. */
export function writeElf(description: ElfDescription): Uint8Array {
  const { wide, littleEndian } = description;
  const bytes = new Uint8Array(2048);
  const view = new DataView(bytes.buffer);
  const u16 = (at: number, value: number) => view.setUint16(at, value, littleEndian);
  const u32 = (at: number, value: number) => view.setUint32(at, value, littleEndian);
  const word = (at: number, value: number) => {
    if (wide) view.setBigUint64(at, BigInt(value), littleEndian);
    else u32(at, value);
  };
  const size = wide ? 8 : 4;
  const strings = { at: 0x400, used: 1 };
  const text = (value: string) => {
    const index = strings.used;
    bytes.set(Buffer.from(value), strings.at + index);
    strings.used += Buffer.byteLength(value) + 1;
    return index;
  };

  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, littleEndian ? 1 : 2, 1]);
  u16(16, 3);
  u16(18, description.machine);
  u32(20, 1);
  word(24 + size, 0x80);
  u16(wide ? 54 : 42, wide ? 56 : 32);
  u16(wide ? 56 : 44, 2);

  const segment = (at: number, type: number, offset: number, length: number) => {
    u32(at, type);
    word(at + (wide ? 8 : 4), offset);
    word(at + (wide ? 16 : 8), loadAddress + offset);
    word(at + (wide ? 32 : 16), length);
  };
  segment(0x80, 1, 0, bytes.length);
  segment(0x80 + (wide ? 56 : 32), 2, 0x100, 32 * size);

  let dynamic = 0x100;
  const entry = (tag: number, value: number) => {
    word(dynamic, tag);
    word(dynamic + size, value);
    dynamic += 2 * size;
  };
  for (const needed of description.needed) entry(1, text(needed));
  if (description.soname !== undefined) entry(14, text(description.soname));
  if (description.runpath !== undefined) entry(29, text(description.runpath));
  if (description.version !== undefined) {
    u16(0x300, 1);
    u16(0x302, 1);
    u32(0x304, text(description.version.library));
    u32(0x308, 16);
    u16(0x316, 2);
    u32(0x318, text(description.version.node));
    entry(0x6fff_fffe, loadAddress + 0x300);
    entry(0x6fff_ffff, 1);
  }
  if (description.symbol !== undefined) {
    u32(0x340 + (wide ? 24 : 16), text(description.symbol));
    entry(6, loadAddress + 0x340);
    u16(0x3c2, description.version === undefined ? 0 : 2);
    entry(0x6fff_fff0, loadAddress + 0x3c0);
    u32(0x3d0, 1);
    u32(0x3d4, 2);
    entry(4, loadAddress + 0x3d0);
  }
  entry(5, loadAddress + strings.at);
  entry(10, strings.used);
  return bytes;
}
