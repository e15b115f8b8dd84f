import { join, sep } from "node:path";
import { createReadStream, realpath, stat } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";
import type { Storage } from "../storage/types.ts";

/** Where served files come from. Paths are relative and without `.` and `..`. */
export interface Source {
  open(path: string): Promise<ServedFile | undefined>;
  isFolder(path: string): Promise<boolean>;
}

export interface ServedFile {
  readonly path: string;
  readonly size: number;
  readonly modified: Date;
  /** Bytes from `start` up to `end`, which is not included. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/**
 * The files of a folder, by its path, or the objects of a storage.
 * @throws VenvdebError REPO_NO_FOLDER
 */
export async function openSource(repository: Storage | string): Promise<Source> {
  return typeof repository === "string" ? await openFolder(repository) : openObjects(repository);
}

async function openFolder(folder: string): Promise<Source> {
  const root = await realpath(folder).catch(() => undefined);
  const stats = root === undefined ? undefined : await stat(root);
  if (root === undefined || stats?.isDirectory() !== true)
    throw new VenvdebError("REPO_NO_FOLDER", `Cannot serve "${folder}": it is no folder`);
  const find = async (path: string) => await findInside(root, path);
  return {
    open: async (path) => {
      const found = await find(path);
      return found?.stats.isFile() === true ? servedFile(path, found) : undefined;
    },
    isFolder: async (path) => (await find(path))?.stats.isDirectory() === true,
  };
}

type Found = NonNullable<Awaited<ReturnType<typeof findInside>>>;

/** What is at a path; nothing for a link that leads out of the folder. */
async function findInside(root: string, path: string) {
  try {
    const real = await realpath(join(root, path));
    const isInside = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
    return isInside ? { real, stats: await stat(real) } : undefined;
  } catch {
    return undefined;
  }
}

function servedFile(path: string, { real, stats }: Found): ServedFile {
  return {
    path,
    size: stats.size,
    modified: stats.mtime,
    read: (start, end) => createReadStream(real, { start, end: end - 1 }),
  };
}

function openObjects(storage: Storage): Source {
  return {
    open: async (path) => {
      const facts = await storage.stat(path);
      return facts && { path, ...facts, read: (start, end) => part(storage.stream(path), start, end) };
    },
    isFolder: async (path) => {
      for await (const _ of storage.list(`${path}/`)) return true;
      return false;
    },
  };
}

/** A part of a stream: a storage gives objects from their beginning. */
async function* part(
  stream: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of stream) {
    const piece = chunk.subarray(Math.max(0, start - position), Math.max(0, end - position));
    position += chunk.length;
    if (piece.length > 0) yield piece;
    if (position >= end) return;
  }
}
