import { createByteReader, type ByteReader } from "../../deb/byte-reader.ts";
import { parseTarHeader, type RawHeader } from "../../deb/untar-header.ts";
import { VenvdebError, messageOf } from "../../errors.ts";
import { unsafe } from "./paths.ts";
import type { TreeEntry } from "./types.ts";

/**
 * The members of a tar as `git archive` (ustar with PAX) and `hg archive` (ustar with GNU or PAX names) write it. Their
 * paths are as they are there: the writer of the tree checks them.
 * @param root folder of the archive that holds the tree; what is beside it is left out
 * @throws VenvdebError VCS_UNSAFE_TREE for a member that no tree of a version control has, VCS_FAILED for a damaged
 *   tar; what reading the bytes throws
 */
export async function* readTreeTar(
  input: AsyncIterable<Uint8Array>,
  root: string,
): AsyncGenerator<TreeEntry> {
  const reader = createByteReader(input);
  try {
    yield* readMembers(reader, root);
    await reader.drain();
  } catch (error) {
    if (error instanceof VenvdebError && error.code.startsWith("DEB_")) throw damaged(messageOf(error));
    throw error;
  } finally {
    await reader.close();
  }
}

/** What goes before a member and tells its name, in either form. */
interface LongNames {
  path?: string;
  linkpath?: string;
  size?: number;
}

async function* readMembers(reader: ByteReader, root: string): AsyncGenerator<TreeEntry> {
  let names: LongNames = {};
  for (;;) {
    const block = await reader.take(512);
    const header = block === undefined ? undefined : parseTarHeader(block);
    if (header === undefined) return;
    if (header.type === "g") await readSmall(reader, header.size);
    else if (header.type === "x") Object.assign(names, parsePax(await readSmall(reader, header.size)));
    else if (header.type === "L") names.path = untilNul(await readSmall(reader, header.size));
    else if (header.type === "K") names.linkpath = untilNul(await readSmall(reader, header.size));
    else {
      yield* readMember(reader, { ...header, name: names.path ?? header.name }, names, root);
      names = {};
    }
  }
}

async function* readMember(
  reader: ByteReader,
  header: RawHeader,
  names: LongNames,
  root: string,
): AsyncGenerator<TreeEntry> {
  const size = names.size ?? header.size;
  const path = below(root, header.name);
  let position = 0;
  async function* data(): AsyncGenerator<Uint8Array> {
    for await (const piece of reader.stream(size - position)) {
      position += piece.length;
      yield piece;
    }
  }
  if (header.type === "5") {
    if (path !== undefined) yield { kind: "directory", path };
  } else if (header.type === "2") {
    if (path !== undefined) yield { kind: "symlink", path, target: names.linkpath ?? header.target };
  } else if (header.type === "0") {
    const isExecutable = (header.mode & 0o100) !== 0;
    if (path !== undefined) yield { kind: "file", path, isExecutable, size, data };
    for await (const piece of reader.stream(padded(size) - position)) position += piece.length;
  } else throw unsafe(header.name, "it is neither a file, a folder nor a symbolic link");
}

/** The path in the tree; undefined for what is not in it. */
function below(root: string, name: string): string | undefined {
  if (root === "") return name;
  if (name === root || name === `${root}/`) return "";
  return name.startsWith(`${root}/`) ? name.slice(root.length + 1) : undefined;
}

async function readSmall(reader: ByteReader, size: number): Promise<Buffer> {
  if (size > MOST_NAMES) throw damaged(`the names of a member have ${size} bytes`);
  const pieces: Uint8Array[] = [];
  for await (const piece of reader.stream(padded(size))) pieces.push(piece);
  return Buffer.concat(pieces).subarray(0, size);
}

const MOST_NAMES = 65_536;

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}

/** Records of `length key=value\n`, the length that of the whole record in bytes (POSIX, pax). */
function parsePax(bytes: Buffer): LongNames {
  const names: LongNames = {};
  for (let start = 0; start < bytes.length;) {
    const blank = bytes.indexOf(0x20, start);
    const length = Number(bytes.toString("latin1", start, Math.max(blank, start)));
    const end = start + length;
    if (!Number.isInteger(length) || end <= blank + 1 || end > bytes.length)
      throw damaged("a PAX record has no length");
    const [, key, value = ""] = /^([^=]+)=(.*)\n$/s.exec(bytes.toString("utf8", blank + 1, end)) ?? [];
    if (key === "path" || key === "linkpath") names[key] = value;
    if (key === "size") names.size = paxSize(value);
    start = end;
  }
  return names;
}

function paxSize(value: string): number {
  const size = /^[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw damaged("a PAX record has an absurd size");
}

function padded(size: number): number {
  return Math.ceil(size / 512) * 512;
}

function damaged(problem: string): VenvdebError {
  return new VenvdebError("VCS_FAILED", `Cannot read the archive of a commit: ${problem}`);
}
