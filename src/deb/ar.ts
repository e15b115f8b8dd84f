import { VenvdebError } from "../errors.ts";

/** Where a member's bytes are in the archive. */
export interface ArMember {
  readonly name: string;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Gives `length` bytes from `offset`, or fewer at the end. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** `ar`'s common form, as deb(5) has it: no long names, root, mode 0644. */
export const AR_MAGIC = "!<arch>\n";

/**
 * The 60 bytes before a member.
 * @throws VenvdebError DEB_TOO_BIG when the size has more than ten digits.
 */
export function arHeader(name: string, size: number, mtime: number): Uint8Array {
  if (size > 9_999_999_999)
    throw new VenvdebError(
      "DEB_TOO_BIG",
      `Cannot write the package: ${name} has ${size} bytes (wanted: less than 10 GB, a limit of the format)`,
    );
  const fields = [
    name.padEnd(16),
    String(mtime).padEnd(12),
    "0     ",
    "0     ",
    "100644  ",
    String(size).padEnd(10),
  ];
  return Buffer.from(`${fields.join("")}\`\n`, "latin1");
}

/** Members start at even offsets. */
export function arPadding(size: number): Uint8Array {
  return Buffer.alloc(size % 2, "\n");
}

/**
 * Lists the members of a package: `debian-binary`, one control.tar, one data.tar, in this order; further ones whose
 * names begin with `_` may stand between them, others after them (deb(5)).
 * @throws VenvdebError DEB_NOT_A_PACKAGE, DEB_TRUNCATED
 */
export function readArMembers(read: ReadAt, size: number): ArMember[] {
  if (latin1(read(0, AR_MAGIC.length)) !== AR_MAGIC) throw notAPackage("it is no ar archive");
  const members: ArMember[] = [];
  let offset = AR_MAGIC.length;
  while (offset < size) {
    if (members.length >= MAX_MEMBERS) throw notAPackage(`it has more than ${MAX_MEMBERS} members`);
    const member = parseHeader(latin1(read(offset, HEADER)), offset + HEADER);
    if (member.offset + member.size > size)
      throw new VenvdebError(
        "DEB_TRUNCATED",
        `Cannot read the package: ${member.name} should have ${member.size} bytes and ends after ${size - member.offset}`,
      );
    members.push(member);
    offset = member.offset + member.size + (member.size % 2);
  }
  return members;
}

const HEADER = 60;
const MAX_MEMBERS = 32;

function parseHeader(header: string, offset: number): ArMember {
  const name = header.slice(0, 16).trimEnd().replace(/\/$/, "");
  const size = /^(\d{1,10}) *$/.exec(header.slice(48, 58))?.[1];
  if (header.length !== HEADER || header.slice(58) !== "`\n" || size === undefined)
    throw notAPackage(`the header at byte ${offset - HEADER} is damaged`);
  if (!/^[A-Za-z0-9_.-]{1,15}$/.test(name))
    throw notAPackage(`a member has the name ${JSON.stringify(name)}`);
  return { name, offset, size: Number(size) };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function notAPackage(problem: string): VenvdebError {
  return new VenvdebError("DEB_NOT_A_PACKAGE", `Cannot read the package: ${problem} (wanted: a .deb file)`);
}
