/** The only file system access of the program. */
export {
  chmod,
  constants,
  copyFile,
  cp,
  lstat,
  lutimes,
  mkdir,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
  type FileHandle,
} from "node:fs/promises";
export {
  closeSync,
  createReadStream,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
  type Stats,
} from "node:fs";

import { access, lstat, rename, rm, writeFile } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { randomUUID } from "node:crypto";

/** Whether there is something at a path; a link counts by what it points to. */
export async function pathExists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Puts new content in the place of a file by rename, keeping its mode: installers hard-link files from their
 * caches, so writing in place would corrupt the cache.
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  const kept =
    mode ??
    (await lstat(path).then(
      (stats) => stats.mode & 0o7777,
      () => 0o644,
    ));
  try {
    await writeFile(temporary, content, { mode: kept });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
