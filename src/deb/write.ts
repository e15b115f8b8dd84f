import { createHash, randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { mkdir, open, rm } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import { writeBeside } from "../effects/temp-dir.ts";
import type { Progress } from "../reporter.ts";
import type { Store } from "../cache/store.ts";
import { AR_MAGIC, arHeader, arPadding } from "./ar.ts";
import { COMPRESSORS, compressTo, controlCompressor, type FilePiece, type Joined } from "./compress.ts";
import { assembleControl } from "./control-archive.ts";
import { compressLayers } from "./data-archive.ts";
import { withFullDiskError } from "./disk-full.ts";
import { prepareEntries } from "./entries.ts";
import { entrySize } from "./entry-size.ts";
import type { Compression, Layer } from "./entry.ts";
import { writeTar } from "./tar.ts";
import type { BuiltPackage, DebContents } from "./types.ts";

export interface WriteOptions {
  /** Segments that are compressed at once; changes no byte of the package. */
  readonly jobs: number;
  /** An existing folder with room for the compressed data. */
  readonly temporaryDirectory: string;
  /** What earlier builds have packed; changes no byte of the package. */
  readonly store?: Store;
  readonly progress?: Progress;
}

/**
 * Writes a package (deb(5)) whose bytes depend on `contents` and the compressor's version alone. It is made beside
 * `path` and renamed; on failure nothing of it stays.
 * @throws VenvdebError DEB_DISK_FULL, DEB_FILE_CHANGED, DEB_COMPRESS_FAILED, DEB_TOO_BIG, TOOL_MISSING, CACHE_DAMAGED, and those of
 *   prepareEntries and assembleControl.
 */
export async function writeDeb(
  contents: DebContents,
  path: string,
  options: WriteOptions,
): Promise<BuiltPackage> {
  const layers = prepareEntries(contents.layers);
  const { control, controlFiles, compression, timestamp } = contents;
  // What is wrong with the control data shows before the long work, not after it.
  assembleControl(control, controlFiles, layers, new Map(), timestamp);
  const directory = join(options.temporaryDirectory, `deb-${randomUUID()}`);
  try {
    const parts = await withFullDiskError(options.temporaryDirectory, async () => {
      await mkdir(directory);
      const data = await compressLayers(layers, compression, { ...options, directory });
      const archive = assembleControl(control, controlFiles, layers, data.md5sums, timestamp);
      return { data, archive, controlTar: await compressControl(archive.layer, compression, directory) };
    });
    const members: Member[] = [
      { name: "debian-binary", content: inMemory("2.0\n") },
      { name: `control.tar${controlCompressor(compression, 0).extension}`, content: parts.controlTar },
      { name: `data.tar${COMPRESSORS[compression].extension}`, content: parts.data.joined },
    ];
    const written = await withFullDiskError(dirname(path), async () => writeAr(path, members, timestamp));
    const { layers: built, packed } = parts.data;
    return { path, ...written, installedSize: parts.archive.installedSize, layers: built, packed };
  } catch (error) {
    throw options.store && isMissing(error) ? lostValue(error) : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Another process may trim the store between the moment when something is found there and the one when it is read. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function lostValue(cause: unknown): VenvdebError {
  return new VenvdebError("CACHE_DAMAGED", "Cannot use the cache: something was removed during the build", {
    cause,
    hint: "run the build again: it makes it anew",
  });
}

interface Member {
  readonly name: string;
  readonly content: Pick<Joined, "pieces" | "size">;
}

function inMemory(text: string): Member["content"] {
  const bytes = Buffer.from(text);
  return { pieces: [bytes], size: bytes.length };
}

async function compressControl(layer: Layer, compression: Compression, directory: string): Promise<Joined> {
  const size = layer.entries.reduce((sum, entry) => sum + entrySize(entry), 0);
  const compressor = controlCompressor(compression, size);
  const path = join(directory, "control");
  await compressTo(
    compressor,
    path,
    async (write) => writeTar([layer], { rootTime: layer.mtime, isLast: true }, write),
    { jobs: 1 },
  );
  return compressor.join([{ path }]);
}

async function writeAr(
  path: string,
  members: readonly Member[],
  mtime: number,
): Promise<{ size: number; sha256: string }> {
  return writeBeside(path, async (file) => {
    const sha256 = createHash("sha256");
    let size = 0;
    const write = async (bytes: Uint8Array): Promise<void> => {
      sha256.update(bytes);
      size += bytes.length;
      await file.writeFile(bytes);
    };
    await write(Buffer.from(AR_MAGIC));
    for (const { name, content } of members) {
      await write(arHeader(name, content.size, mtime));
      for (const piece of content.pieces) await writePiece(piece, write);
      await write(arPadding(content.size));
    }
    return { size, sha256: sha256.digest("hex") };
  });
}

async function writePiece(
  piece: Uint8Array | FilePiece,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  if (piece instanceof Uint8Array) return write(piece);
  const file = await open(piece.path, "r");
  try {
    const buffer = Buffer.alloc(1024 * 1024);
    for (let done = 0; done < piece.size;) {
      const length = Math.min(buffer.length, piece.size - done);
      const { bytesRead } = await file.read(buffer, 0, length, piece.start + done);
      if (bytesRead === 0) throw new Error(`"${piece.path}" has become shorter`);
      await write(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
}
