import { closeSync, fstatSync, openSync, readSync, statSync } from "../effects/fs.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import { readArMembers, type ArMember, type ReadAt } from "./ar.ts";

/** The two members of a package that hold its content. */
export interface DebMembers {
  readonly control: ArMember;
  readonly data: ArMember;
}

/** By the end of a member's name, as dpkg goes by it. */
export type MemberCompression = "" | ".gz" | ".xz" | ".zst" | ".bz2" | ".lzma";

/**
 * Finds the members of a package's file (deb(5)). Costs a few small reads, whatever the file claims of itself.
 * @throws VenvdebError DEB_NOT_A_PACKAGE, DEB_TRUNCATED
 */
export function locateMembers(path: string): DebMembers {
  return withDebFile(path, ({ fd, size }) => findMembers(path, readFrom(fd), size));
}

/**
 * The same for bytes that are read already, or a file that is open.
 * @throws VenvdebError DEB_NOT_A_PACKAGE, DEB_TRUNCATED
 */
export function findMembers(path: string, read: ReadAt, size: number): DebMembers {
  const members = readArMembers(read, size);
  const [version, control, data] = members.filter(({ name }) => !name.startsWith("_"));
  const format = version?.name === "debian-binary" && version.size < 100 ? version : undefined;
  if (format === undefined) throw notAPackage(path, "its first member is not debian-binary");
  if (!/^2\.\d+\n/.test(Buffer.from(read(format.offset, format.size)).toString("latin1")))
    throw notAPackage(path, "it has another version of the format than 2");
  if (!control || !data || !isTar(control, "control") || !isTar(data, "data"))
    throw notAPackage(path, "control.tar and data.tar do not follow debian-binary");
  if (members.filter((member) => isTar(member, "control") || isTar(member, "data")).length > 2)
    throw notAPackage(path, "it has control.tar or data.tar twice");
  validateCompression(path, control, CONTROL_COMPRESSIONS);
  validateCompression(path, data, DATA_COMPRESSIONS);
  return { control, data };
}

/** Opens a package's file for `run`: only a regular one, since opening a pipe would wait for ever. */
export function withDebFile<T>(path: string, run: (file: { fd: number; size: number }) => T): T {
  const fd = openFile(path);
  try {
    return run({ fd, size: fstatSync(fd).size });
  } finally {
    closeSync(fd);
  }
}

/** Reads a part of an open file; fewer bytes only at its end. They stay in `scratch` until the next read, if given. */
export function readFrom(fd: number, scratch?: Buffer): ReadAt {
  return (offset, length) => {
    const buffer = scratch ?? Buffer.alloc(length);
    let position = 0;
    while (position < length) {
      const count = readSync(fd, buffer, position, length - position, offset + position);
      if (count === 0) break;
      position += count;
    }
    return buffer.subarray(0, position);
  };
}

/** How a member is compressed, by its name. */
export function compressionOf(name: string): MemberCompression | undefined {
  const extension = name.slice(name.indexOf(".tar") + ".tar".length);
  return DATA_COMPRESSIONS.find((known) => known === extension);
}

/** dpkg reads control.tar in fewer forms than data.tar (deb(5)). */
const CONTROL_COMPRESSIONS: readonly MemberCompression[] = ["", ".gz", ".xz", ".zst"];
const DATA_COMPRESSIONS: readonly MemberCompression[] = [...CONTROL_COMPRESSIONS, ".bz2", ".lzma"];

function validateCompression(
  path: string,
  { name, size }: ArMember,
  allowed: readonly MemberCompression[],
): void {
  const compression = compressionOf(name);
  if (compression === undefined || !allowed.includes(compression))
    throw notAPackage(path, `${name} is compressed in an unknown way`);
  if (size === 0) throw notAPackage(path, `${name} is empty`);
}

function openFile(path: string): number {
  try {
    if (statSync(path).isFile()) return openSync(path, "r");
  } catch (error) {
    throw new VenvdebError("DEB_NOT_A_PACKAGE", `Cannot read "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  throw notAPackage(path, "it is no file");
}

function isTar({ name }: ArMember, part: string): boolean {
  return name.startsWith(`${part}.tar`);
}

function notAPackage(path: string, problem: string): VenvdebError {
  return new VenvdebError("DEB_NOT_A_PACKAGE", `Cannot read "${path}": ${problem} (wanted: a .deb file)`);
}
