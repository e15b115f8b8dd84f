import { createHash, hash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { pack as createPack, type Pack } from "tar-stream";
import { createReadStream, readFileSync } from "../effects/fs.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import type { DataEntry, FileEntry, Layer, PackageEntry } from "./entry.ts";
import { encodeMember, encodedSize, type TarMember } from "./tar-header.ts";

/** Where a piece of tar stands in the whole: the first begins with `./`, the last ends with the end-of-archive blocks. */
export interface TarPosition {
  /** Seconds since the epoch for `./`; absent where another piece holds it. */
  readonly rootTime?: number;
  readonly isLast?: boolean;
}

export interface TarFacts {
  /** Of regular files: path to hex digest. */
  readonly md5sums: ReadonlyMap<string, string>;
  /** Of all the bytes written. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Writes the entries of layers as tar that dpkg takes: GNU long names, never PAX, names that begin with `./`. Each
 * file is read once; its checksum is taken on the way.
 * @throws VenvdebError DEB_FILE_CHANGED when a file is gone or has another size than its entry says; what `write` throws.
 */
export async function writeTar(
  layers: readonly Layer[],
  position: TarPosition,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<TarFacts> {
  const pack = createPack();
  const md5sums = new Map<string, string>();
  const packing = packAll(pack, layers, position, md5sums);
  // What the reader throws reaches the packing side as a closed stream, and the other way round: the first one tells.
  const [packed, drained] = await Promise.allSettled([
    packing.catch((error: unknown) => {
      pack.destroy(error instanceof Error ? error : new Error(messageOf(error)));
      throw error;
    }),
    drain(pack, write),
  ]);
  if (packed.status === "rejected" && packed.reason instanceof VenvdebError) throw packed.reason;
  if (drained.status === "rejected") throw drained.reason;
  if (packed.status === "rejected") throw packed.reason;
  const size = tarSize(layers, position);
  if (drained.value.size !== size) throw new Error(`the tar has ${drained.value.size} bytes, not ${size}`);
  return { md5sums, ...drained.value };
}

/** Bytes that writeTar will write. */
export function tarSize(layers: readonly Layer[], position: TarPosition): number {
  let size = (position.rootTime === undefined ? 0 : 512) + (position.isLast === true ? END.length : 0);
  for (const { entries, mtime } of layers)
    for (const entry of entries) size += encodedSize(memberOf(entry, mtime));
  return size;
}

const END = Buffer.alloc(1024);

/** Files up to here are read at once: many small asynchronous reads take three times as long. */
const SMALL_FILE = 8 * 1024 * 1024;

/** Few big writes instead of three small ones a file. */
const CHUNK = 256 * 1024;

async function packAll(
  pack: Pack,
  layers: readonly Layer[],
  position: TarPosition,
  md5sums: Map<string, string>,
): Promise<void> {
  if (position.rootTime !== undefined)
    await packMember(pack, { path: "", kind: "directory", mode: 0o755, mtime: position.rootTime, size: 0 });
  for (const { entries, mtime } of layers) {
    for (const entry of entries) {
      const member = memberOf(entry, mtime);
      const md5 = await packEntry(pack, member, entry);
      if (md5 !== undefined) md5sums.set(entry.path, md5);
    }
  }
  if (position.isLast === true) pack.push(END);
  pack.push(null);
}

async function packEntry(pack: Pack, member: TarMember, entry: PackageEntry): Promise<string | undefined> {
  if (entry.kind === "stored") throw new Error(`"${entry.path}" is in a kept tar and has no file`);
  if (entry.kind === "file" && entry.size > SMALL_FILE) return packBigFile(pack, member, entry);
  if (entry.kind !== "file" && entry.kind !== "data") {
    await packMember(pack, member);
    return undefined;
  }
  const data = entry.kind === "data" ? entry.data : readSmallFile(entry);
  await packMember(pack, member, data);
  return hash("md5", data);
}

/** An entry as the tar has it. */
export function memberOf(entry: PackageEntry, mtime: number): TarMember {
  const { path, mode, owner } = entry;
  const common = { path, mode, mtime, ...(owner === undefined ? {} : { owner }) };
  switch (entry.kind) {
    case "file":
    case "stored":
      return { ...common, kind: "file", size: entry.size };
    case "data":
      return { ...common, kind: "file", size: entry.data.length };
    case "symlink":
      return { ...common, kind: "symlink", size: 0, target: entry.target };
    default:
      return { ...common, kind: "directory", size: 0 };
  }
}

async function packMember(pack: Pack, member: TarMember, data?: Uint8Array): Promise<void> {
  const { done } = openMember(pack, member, data);
  await done;
}

/** `data` is undefined for members without any, and for files that are fed into `sink`. */
function openMember(pack: Pack, member: TarMember, data?: Uint8Array) {
  const { longNames, header } = encodeMember(member);
  for (const record of longNames) pack.push(record);
  const callbacks = new EventEmitter();
  const done = once(callbacks, "done");
  const callback = (error?: Error | null): unknown =>
    error ? callbacks.emit("error", error) : callbacks.emit("done");
  const sink = data ? pack.entry(header, asBuffer(data), callback) : pack.entry(header, callback);
  // The callback tells of errors; the event would end the program where nobody listens.
  sink.on("error", () => {});
  return { sink, done };
}

function readSmallFile(entry: FileEntry): Buffer {
  let data: Buffer;
  try {
    data = readFileSync(entry.source);
  } catch (error) {
    throw fileChanged(entry, messageOf(error));
  }
  if (data.length !== entry.size) throw fileChanged(entry, `it has ${data.length} bytes`);
  return data;
}

async function packBigFile(pack: Pack, member: TarMember, entry: FileEntry): Promise<string> {
  const { sink, done } = openMember(pack, member);
  const md5 = createHash("md5");
  const feeding = feed(entry, async (chunk) => {
    md5.update(chunk);
    if (!sink.write(chunk)) await Promise.race([once(sink, "drain"), done]);
  }).then(() => sink.end(undefined));
  await Promise.all([feeding, done]);
  return md5.digest("hex");
}

/**
 * Reads the bytes of a file in order.
 * @throws VenvdebError DEB_FILE_CHANGED; what `take` throws
 */
export async function feed(
  entry: FileEntry | DataEntry,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  if (entry.kind === "data") return await take(entry.data);
  let size = 0;
  const source: AsyncIterable<Buffer> = createReadStream(entry.source, { highWaterMark: 1024 * 1024 });
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > entry.size) break;
      await take(chunk);
    }
  } catch (error) {
    throw isFileError(error) ? fileChanged(entry, messageOf(error)) : error;
  }
  if (size !== entry.size)
    throw fileChanged(entry, size > entry.size ? "it has more bytes" : `it has ${size} bytes`);
}

async function drain(
  pack: Pack,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<{ sha256: string; size: number }> {
  const sha256 = createHash("sha256");
  let size = 0;
  let pending: Uint8Array[] = [];
  let pendingSize = 0;
  const flush = async (): Promise<void> => {
    const chunk = pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending);
    pending = [];
    pendingSize = 0;
    sha256.update(chunk);
    size += chunk.length;
    await write(chunk);
  };
  for await (const chunk of pack) {
    if (!(chunk instanceof Uint8Array)) continue;
    pending.push(chunk);
    pendingSize += chunk.length;
    if (pendingSize >= CHUNK) await flush();
  }
  if (pendingSize > 0) await flush();
  return { sha256: sha256.digest("hex"), size };
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function fileChanged(entry: FileEntry, problem: string): VenvdebError {
  return new VenvdebError(
    "DEB_FILE_CHANGED",
    `Cannot pack "/${entry.path}": "${entry.source}" changed during the build: ${problem} (wanted: ${entry.size} bytes)`,
    { hint: "run the build again while nothing else writes there" },
  );
}
