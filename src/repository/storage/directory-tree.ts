import { dirname, join } from "node:path";
import { lstatSync, readdirSync, rm, rmdir, unlink } from "../../effects/fs.ts";
import { PARTIAL_PREFIX } from "../../effects/temp-dir.ts";
import { systemCode } from "./directory-errors.ts";
import { badPath } from "./paths.ts";
import type { ListedObject } from "./types.ts";

/** What publishers lock; no object. */
export const LOCK_PATH = "venvdeb/lock";

/** A file that is not whole and was not written to for so long has no writer any more. */
const LEFTOVER_SECONDS = 3600;

/** Every file whose path starts with `prefix`, in the order of paths. Old leftovers of writers that were killed are removed. */
export async function* listFolder(root: string, prefix: string): AsyncGenerator<ListedObject> {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (!hasRealParents(root, folder)) return;
  yield* listBelow(root, folder, prefix);
}

/**
 * Whether the folders of a path are there and none is a symlink, which could lead out of the repository.
 * @throws VenvdebError REPO_BAD_PATH
 */
export function hasRealParents(root: string, path: string): boolean {
  const parent = join(root, path.slice(0, path.lastIndexOf("/") + 1));
  const now = performance.now();
  if (now - (seenReal.get(parent) ?? -SEEN_MILLISECONDS) < SEEN_MILLISECONDS) return true;
  if (!areReal(root, path)) return false;
  if (seenReal.size >= MOST_SEEN) seenReal.clear();
  seenReal.set(parent, now);
  return true;
}

/** Folders, and when they were looked at: ten thousand files mostly share theirs. */
const seenReal = new Map<string, number>();
const SEEN_MILLISECONDS = 1000;
const MOST_SEEN = 10_000;

function areReal(root: string, path: string): boolean {
  let folder = root;
  for (const part of path.split("/").slice(0, -1)) {
    folder = join(folder, part);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) return false;
    if (stats.isSymbolicLink())
      throw badPath(path, `"${folder}" is a symlink (wanted: a folder, or a mount)`);
    if (!stats.isDirectory()) return false;
  }
  return true;
}

/** Takes a file away, and the folders that are empty then. */
export async function removeFile(root: string, path: string): Promise<void> {
  if (!hasRealParents(root, path)) return;
  try {
    await unlink(join(root, path));
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder))
      await rmdir(join(root, folder));
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "")) throw error;
  }
}

async function* listBelow(root: string, folder: string, prefix: string): AsyncGenerator<ListedObject> {
  for (const [name, isFolder] of entriesOf(join(root, folder))) {
    const path = folder + name;
    if (isFolder && (path.startsWith(prefix) || prefix.startsWith(path)))
      yield* listBelow(root, path, prefix);
    if (isFolder || !path.startsWith(prefix) || path === LOCK_PATH) continue;
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (!name.startsWith(PARTIAL_PREFIX)) yield { path, size: stats.size, modified: stats.mtime };
    else if (Date.now() - stats.mtimeMs > LEFTOVER_SECONDS * 1000)
      await rm(join(root, path), { force: true });
  }
}

/** Files and folders, these with a slash: so sorted, all paths come in order. */
function entriesOf(folder: string): [name: string, isFolder: boolean][] {
  const entries = readNames(folder).map((entry): [string, boolean] =>
    entry.isDirectory() ? [`${entry.name}/`, true] : [entry.name, false],
  );
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Both kinds alone: a symlink could lead out of the repository. */
function readNames(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isFile() || entry.isDirectory(),
    );
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
