import { chmod, lstat, mkdir } from "node:fs/promises";
import process from "node:process";
import { VenvdebError } from "../errors.ts";

/**
 * Makes a folder that is this user's alone, or takes rights of others away from it.
 * @throws VenvdebError CACHE_FOREIGN for one that belongs to somebody else, who could change what is read from it
 */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const stats = await lstat(path);
  if (!stats.isDirectory() || stats.uid !== process.geteuid?.()) throw foreign(path);
  if ((stats.mode & 0o077) !== 0) await chmod(path, 0o700);
}

function foreign(path: string): VenvdebError {
  return new VenvdebError(
    "CACHE_FOREIGN",
    `Cannot use the cache in "${path}": it is not a folder of this user (wanted: one that nobody else can write to)`,
    { hint: "set VENVDEB_CACHE_DIR to a folder of your own, or remove it" },
  );
}
