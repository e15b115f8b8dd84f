import { join } from "node:path";
import { lstatSync, readdir, readFile, rm } from "../effects/fs.ts";
import { checkNote, digestFile, unfinishedFolder, type NoteKind } from "./store.ts";

/** One thing that the store has. */
export interface KeptValue {
  readonly kind: "blob" | NoteKind;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly lastUsed: number;
}

const FOLDERS = {
  blob: "blobs",
  layer: "layers",
  segment: "segments",
  link: "links",
  tool: "tools",
  build: "builds",
} as const;
const KINDS = ["blob", "layer", "segment", "link", "tool", "build"] as const;

/** Everything that a store has; empty where there is none. Other processes may add and remove meanwhile. */
export async function listValues(folder: string): Promise<KeptValue[]> {
  const values: KeptValue[] = [];
  for (const kind of KINDS)
    for (const part of await list(join(folder, FOLDERS[kind])))
      for (const name of await list(join(folder, FOLDERS[kind], part))) {
        const path = join(folder, FOLDERS[kind], part, name);
        const stats = lstatSync(path, { throwIfNoEntry: false });
        if (stats?.isFile() === true) values.push({ kind, path, size: stats.size, lastUsed: stats.mtimeMs });
      }
  return values;
}

/**
 * Removes what was not used for longest until no more than `limit` bytes are left, and what killed processes have
 * left unfinished. A build that loses something by it makes that anew.
 * @returns what was removed
 */
export async function trimStore(folder: string, limit: number, now: number): Promise<KeptValue[]> {
  await removeUnfinished(folder, limit === 0 ? now : now - DAY);
  const values = await listValues(folder);
  let size = values.reduce((sum, value) => sum + value.size, 0);
  const removed: KeptValue[] = [];
  for (const value of values.toSorted((a, b) => a.lastUsed - b.lastUsed)) {
    if (size <= limit) break;
    await rm(value.path, { force: true });
    removed.push(value);
    size -= value.size;
  }
  return removed;
}

/** Reads everything and removes what is not as it was written. @returns what was removed */
export async function verifyStore(folder: string): Promise<KeptValue[]> {
  const damaged: KeptValue[] = [];
  for (const value of await listValues(folder)) {
    if (await isSound(value)) continue;
    await rm(value.path, { force: true });
    damaged.push(value);
  }
  return damaged;
}

const DAY = 24 * 3600 * 1000;

async function list(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

/** What is gone by now is no damage. */
async function isSound({ kind, path }: KeptValue): Promise<boolean> {
  if (kind === "blob") return path.endsWith(await digestFile(path).catch(() => ""));
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined || checkNote(text) !== undefined;
}

async function removeUnfinished(folder: string, before: number): Promise<void> {
  for (const name of await list(unfinishedFolder(folder))) {
    const path = join(unfinishedFolder(folder), name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats && stats.mtimeMs <= before) await rm(path, { force: true });
  }
}
