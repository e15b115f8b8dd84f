import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { exec } from "../../effects/exec.ts";
import { syncDirectory } from "../../effects/temp-dir.ts";
import { syncFile } from "../../effects/whole-file.ts";
import { systemCode, withPlainErrors } from "./directory-errors.ts";

/** Files with bytes, and folders with names, that a power cut could still take away; paths are of the storage. */
export interface Unflushed {
  readonly files: Set<string>;
  readonly folders: Set<string>;
}

/** Notes a file that was written, and the folders of its path. */
export function noteUnflushed({ files, folders }: Unflushed, path: string): void {
  files.add(path);
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (folders.has(folder)) return;
    folders.add(folder);
  }
  folders.add(".");
}

/** From so many on, one flush of the whole file system is quicker, though it waits for what others write there too. */
const MANY = 48;

/**
 * Makes durable what was noted.
 * @throws VenvdebError as `withPlainErrors`
 */
export async function flush(root: string, unflushed: Unflushed): Promise<void> {
  const [files, folders] = [[...unflushed.files], [...unflushed.folders]];
  unflushed.files.clear();
  unflushed.folders.clear();
  if (files.length + folders.length >= MANY && (await flushFileSystem(root))) return;
  const limit = pLimit(8);
  await Promise.all(files.map(async (path) => limit(async () => flushOne(root, path, syncFile))));
  await Promise.all(folders.map(async (path) => limit(async () => flushOne(root, path, syncDirectory))));
}

async function flushOne(root: string, path: string, sync: (path: string) => Promise<void>): Promise<void> {
  await withPlainErrors(root, "write", path, async () =>
    sync(join(root, path)).catch((error: unknown) => {
      // Nothing of what was removed is to be kept.
      if (systemCode(error) !== "ENOENT") throw error;
    }),
  );
}

async function flushFileSystem(root: string): Promise<boolean> {
  return (await exec("sync", ["--file-system", root])).exitCode === 0;
}
