import { dirname, join } from "node:path";
import { lutimes, mkdir, open, rm, symlink } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";
import { LIMITS } from "../limits.ts";
import { checkLinks } from "./links.ts";
import { treePath, unsafe } from "./paths.ts";
import type { TreeEntry } from "./types.ts";

export interface TreeLimits {
  readonly bytes: number;
  readonly entries: number;
}

/**
 * Writes the members of a tree to a new folder. Each file is made new and never through a link: links are made last,
 * after all of them were found to stay inside. All files get one date. On failure nothing stays.
 * @throws VenvdebError VCS_UNSAFE_TREE, VCS_TOO_BIG; what reading the entries throws
 */
export async function writeTree(
  entries: AsyncIterable<TreeEntry>,
  directory: string,
  date: Date,
  limits: TreeLimits = { bytes: LIMITS.treeBytes, entries: LIMITS.treeEntries },
): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(directory);
  try {
    const links = await writeFiles(entries, directory, date, limits);
    checkLinks(links);
    for (const [path, target] of links) await makeLink(join(directory, path), { path, target, date });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function writeFiles(
  entries: AsyncIterable<TreeEntry>,
  directory: string,
  date: Date,
  limits: TreeLimits,
): Promise<Map<string, string>> {
  const links = new Map<string, string>();
  const folders = new Set<string>([""]);
  let [bytes, count] = [0, 0];
  for await (const entry of entries) {
    const path = treePath(entry.path);
    if (++count > limits.entries) throw tooBig(`it has more than ${limits.entries} files`);
    if (entry.kind === "file") bytes += entry.size;
    if (bytes > limits.bytes) throw tooBig(`its files have more than ${limits.bytes} bytes`);
    if (path === "" && entry.kind !== "directory") throw unsafe(entry.path, "it is in the place of the root");
    await makeFolders(directory, entry.kind === "directory" ? path : parentOf(path), folders);
    if (entry.kind === "file") await writeFile(join(directory, path), { ...entry, path }, date);
    if (entry.kind !== "symlink") continue;
    if (links.has(path)) throw unsafe(path, "it is there twice");
    links.set(path, entry.target);
  }
  return links;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

/** There are no links yet, so a folder that is there already is a folder of ours. */
async function makeFolders(directory: string, path: string, folders: Set<string>): Promise<void> {
  if (folders.has(path)) return;
  await makeFolders(directory, parentOf(path), folders);
  await onlyNew(path, async () => mkdir(join(directory, path)));
  folders.add(path);
}

async function writeFile(
  target: string,
  entry: Extract<TreeEntry, { kind: "file" }>,
  date: Date,
): Promise<void> {
  const file = await onlyNew(entry.path, async () => open(target, "wx", entry.isExecutable ? 0o755 : 0o644));
  try {
    for await (const piece of entry.data()) await file.write(piece);
    await file.utimes(date, date);
  } finally {
    await file.close();
  }
}

async function makeLink(
  place: string,
  { path, target, date }: { readonly path: string; readonly target: string; readonly date: Date },
): Promise<void> {
  await onlyNew(path, async () => symlink(target, place));
  await lutimes(place, date, date);
}

/** A name that is there already came twice, or differs only in what this file system does not tell apart. */
async function onlyNew<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EEXIST" || error.code === "ENOTDIR"))
      throw unsafe(path, "another member of the tree has its name");
    throw error;
  }
}

function tooBig(problem: string): VenvdebError {
  return new VenvdebError("VCS_TOO_BIG", `Cannot export the tree of the repository: ${problem}`);
}
