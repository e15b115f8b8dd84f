import type { pack } from "tar-stream";

/** One member of a tar, as the format has it. The root folder has the empty path. */
export interface TarMember {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  readonly target?: string;
  readonly owner?: { readonly user: string; readonly group: string };
}

export type TarHeader = Parameters<ReturnType<typeof pack>["entry"]>[0];

export interface EncodedMember {
  /** To be written before the member. */
  readonly longNames: readonly Uint8Array[];
  /** For tar-stream, which is never given a name that would make it write a PAX header. */
  readonly header: TarHeader;
}

/**
 * The headers of one member. Names that do not fit into 100 ASCII bytes go into GNU records of type L (name) and K
 * (link target) before it: dpkg reads those and refuses PAX headers (deb(5), "tar archive").
 */
export function encodeMember(member: TarMember): EncodedMember {
  const name = nameOf(member);
  const { target = "", owner } = member;
  const longNames = [...longName("K", target), ...longName("L", name)];
  return {
    longNames,
    header: {
      name: shorten(name),
      type: member.kind,
      mode: member.mode,
      size: member.size,
      mtime: new Date(member.mtime * 1000),
      uid: 0,
      gid: 0,
      uname: owner?.user ?? "root",
      gname: owner?.group ?? "root",
      ...(member.kind === "symlink" ? { linkname: shorten(target) } : {}),
    },
  };
}

/** Bytes that the member takes, with its long names and padding. */
export function encodedSize(member: TarMember): number {
  const { target = "", size } = member;
  return longNameSize(target) + longNameSize(nameOf(member)) + 512 + padded(size);
}

const NAME_FIELD = 100;

function nameOf({ path, kind }: TarMember): string {
  if (path === "") return "./";
  return kind === "directory" ? `./${path}/` : `./${path}`;
}

function fits(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return name.length <= NAME_FIELD && /^[\0-\u007f]*$/.test(name);
}

/** Readers that know long names never look at this; it only has to be short and ASCII. */
function shorten(name: string): string {
  return fits(name) ? name : name.slice(0, NAME_FIELD).replaceAll(/[^ -~]/g, "_");
}

function longNameSize(name: string): number {
  return fits(name) ? 0 : 512 + padded(Buffer.byteLength(name) + 1);
}

function longName(type: "L" | "K", name: string): Uint8Array[] {
  if (fits(name)) return [];
  const length = Buffer.byteLength(name) + 1;
  const data = Buffer.alloc(padded(length));
  data.write(name);
  return [longNameHeader(type, length), data];
}

/** GNU tar's header: magic and version are `ustar` and two blanks. */
function longNameHeader(type: "L" | "K", size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write("././@LongLink", 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar  \0", 257);
  header.write("root", 265);
  header.write("root", 297);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function padded(size: number): number {
  return Math.ceil(size / 512) * 512;
}
