import { VenvdebError } from "../errors.ts";
import { createByteReader, type ByteReader } from "./byte-reader.ts";
import { parseTarHeader, type RawHeader } from "./untar-header.ts";

/** One member of a tar. Its data can be read until the next member is asked for; what is left of it is skipped. */
export interface ReadEntry {
  /** Without `./` before it or `/` after it; the root is the empty string. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "hardlink" | "device";
  /** Permission bits, special bits included. */
  readonly mode: number;
  /** Bytes of data. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly owner: { readonly user: string; readonly group: string };
  /** Of links: the target as it is in the archive; of hard links, a path like `path`. */
  readonly target?: string;
  readonly data: () => AsyncGenerator<Uint8Array>;
}

/**
 * Reads a tar as dpkg does: ustar and GNU headers with GNU long names. What it claims of itself costs no memory: names
 * are bounded, data is only passed on.
 * @throws VenvdebError DEB_BAD_TAR for PAX headers (dpkg refuses them), damaged headers, paths that leave the root;
 *   DEB_TRUNCATED
 */
export async function* readTar(input: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry> {
  const reader = createByteReader(input);
  try {
    yield* readMembers(reader);
    await reader.drain();
  } finally {
    await reader.close();
  }
}

/** All data of an entry, at most `limit` bytes. */
export async function readData(entry: ReadEntry, limit: number): Promise<Uint8Array> {
  if (entry.size > limit) throw badTar(`"${entry.path}" has ${entry.size} bytes (wanted: at most ${limit})`);
  const pieces: Uint8Array[] = [];
  for await (const piece of entry.data()) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* readMembers(reader: ByteReader): AsyncGenerator<ReadEntry> {
  let longName: string | undefined;
  let longTarget: string | undefined;
  for (;;) {
    const block = await reader.take(512);
    if (block === undefined)
      throw new VenvdebError("DEB_TRUNCATED", "Cannot read the package: its tar has no end");
    const header = parseTarHeader(block);
    if (header === undefined) return;
    if (header.type === "L") longName = await readLongName(reader, header);
    else if (header.type === "K") longTarget = await readLongName(reader, header);
    else {
      yield* readMember(reader, header, longName ?? header.name, longTarget ?? header.target);
      longName = longTarget = undefined;
    }
  }
}

const MAX_NAME = 8192;

async function readLongName(reader: ByteReader, { size }: RawHeader): Promise<string> {
  if (size > MAX_NAME) throw badTar(`a name has ${size} bytes (wanted: at most ${MAX_NAME})`);
  const pieces: Uint8Array[] = [];
  for await (const piece of reader.stream(padded(size))) pieces.push(piece);
  const bytes = Buffer.concat(pieces).subarray(0, size);
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? size : end);
}

const KINDS: Readonly<Record<string, ReadEntry["kind"]>> = {
  "0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "device",
  "4": "device",
  "5": "directory",
  "6": "device",
};

async function* readMember(
  reader: ByteReader,
  header: RawHeader,
  name: string,
  target: string,
): AsyncGenerator<ReadEntry> {
  const kind = KINDS[header.type];
  if (kind === undefined)
    throw badTar(`a member has the type ${JSON.stringify(header.type)}, which dpkg refuses`);
  const size = kind === "file" ? header.size : 0;
  let position = 0;
  async function* data(): AsyncGenerator<Uint8Array> {
    for await (const piece of reader.stream(size - position)) {
      position += piece.length;
      yield piece;
    }
  }
  const isLink = kind === "symlink" || kind === "hardlink";
  const { mode, mtime, owner } = header;
  const linked = isLink ? { target: kind === "hardlink" ? safePath(target) : target } : {};
  yield { path: safePath(name), kind, mode, size, mtime, owner, ...linked, data };
  for await (const piece of reader.stream(padded(size) - position)) position += piece.length;
}

/** A path below the root, in one spelling. */
function safePath(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (name.startsWith("/") || parts.includes("..") || /[\0\n]/.test(name))
    throw badTar(`a member has the path ${JSON.stringify(name.slice(0, 200))} (wanted: one below ./)`);
  return parts.join("/");
}

function padded(size: number): number {
  return Math.ceil(size / 512) * 512;
}

function badTar(problem: string): VenvdebError {
  return new VenvdebError("DEB_BAD_TAR", `Cannot read the package: ${problem}`);
}
