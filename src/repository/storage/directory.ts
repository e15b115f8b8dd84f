import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { exec } from "../../effects/exec.ts";
import { withFileLock } from "../../effects/file-lock.ts";
import {
  constants,
  createReadStream,
  lstatSync,
  open,
  realpath,
  stat,
  type Stats,
} from "../../effects/fs.ts";
import { syncDirectory } from "../../effects/temp-dir.ts";
import { createWholeFile, linkOver, makeFolder, replaceWholeFile } from "../../effects/whole-file.ts";
import { VenvdebError } from "../../errors.ts";
import { refuseOtherBytes } from "./changed.ts";
import { lockError, systemCode, withPlainErrors } from "./directory-errors.ts";
import { hasRealParents, listFolder, LOCK_PATH, removeFile } from "./directory-tree.ts";
import { missingObject } from "./missing.ts";
import { badPath, validatePath, validatePrefix } from "./paths.ts";
import type { Content, Storage, StoredObject } from "./types.ts";

/**
 * A repository in a folder. An object is a file that appears whole: it is written and flushed beside its place and then
 * linked or renamed there. Names are flushed before the next `replace`, so that a release that survives a power cut has all
 * it names. Files and folders are readable by everybody, whatever the umask is.
 * @throws VenvdebError REPO_NO_FOLDER
 */
export async function openDirectory(path: string): Promise<Storage> {
  const root = await realRoot(path);
  const at: Place = { root, unflushed: new Set(), locked: new AsyncLocalStorage(), turn: Promise.resolve() };
  return {
    url: path,
    kind: "directory",
    read: async (object) => readObject(at, object),
    stream: (object) => streamObject(at, object),
    stat: async (object) =>
      withPlainErrors(root, "read", object, async () => {
        const stats = fileStats(at, object);
        return stats && { size: stats.size, modified: stats.mtime };
      }),
    list: (prefix) => {
      validatePrefix(prefix);
      return listFolder(root, prefix);
    },
    create: async (object, content) => createObject(at, object, content),
    replace: async (object, content, expected) =>
      runAlone(at, async () => inTurn(at, async () => replaceObject(at, object, content, expected))),
    write: async (object, content) => writeObject(at, object, content),
    copy: async (source, target) => copyObject(at, source, target),
    remove: async (object) => {
      validatePath(object);
      await withPlainErrors(root, "remove", object, async () => removeFile(root, object));
    },
    now: async () => new Date(),
    exclusively: async (run) => runAlone(at, run),
  };
}

interface Place {
  /** Absolute, without symlinks. */
  readonly root: string;
  /** Folders with names that a power cut could still take away. */
  readonly unflushed: Set<string>;
  /** Whether the code that runs holds the lock. */
  readonly locked: AsyncLocalStorage<true>;
  /** Of those in this process that replace. */
  turn: Promise<unknown>;
}

async function realRoot(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return path;
  if (stats.isDirectory()) return await realpath(path);
  throw new VenvdebError(
    "REPO_NO_FOLDER",
    `Cannot open the repository "${path}": it is a file (wanted: a folder)`,
    {
      hint: "give the path of the repository's top folder",
    },
  );
}

/** Nothing if there is no such file; a path that must not be is refused. */
function fileStats(at: Place, path: string): Stats | undefined {
  validatePath(path);
  if (!hasRealParents(at.root, path)) return undefined;
  const stats = lstatSync(join(at.root, path), { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) throw badPath(path, "it is a symlink (wanted: a file)");
  return stats?.isFile() === true ? stats : undefined;
}

async function openObject(at: Place, path: string) {
  if (fileStats(at, path) === undefined) return undefined;
  try {
    return await open(join(at.root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function readObject(at: Place, path: string): Promise<StoredObject | undefined> {
  return await withPlainErrors(at.root, "read", path, async () => {
    const handle = await openObject(at, path);
    if (handle === undefined) return undefined;
    try {
      const bytes = await handle.readFile();
      return { bytes, version: hashOf(bytes) };
    } finally {
      await handle.close();
    }
  });
}

async function* streamObject(at: Place, path: string): AsyncGenerator<Uint8Array> {
  const handle = await withPlainErrors(at.root, "read", path, async () => openObject(at, path));
  if (handle === undefined) throw missingObject(at.root, path);
  // Its end closes the file, whether it was read to the last byte or given up.
  yield* handle.createReadStream();
}

async function createObject(at: Place, path: string, content: Content): Promise<"created" | "exists"> {
  return await withPlainErrors(at.root, "write", path, async () => {
    const there = fileStats(at, path) !== undefined;
    const outcome = there ? "exists" : await createWholeFile(join(at.root, path), content, checkOf(content));
    if (!there && outcome === "exists" && fileStats(at, path) === undefined)
      throw badPath(path, "a folder has this name");
    if (outcome === "created" || isYoung(fileStats(at, path))) note(at, path);
    return outcome;
  });
}

function checkOf(content: Content): ((temporary: string) => Promise<void>) | undefined {
  if (!("file" in content)) return undefined;
  const { file, sha256 } = content;
  if (sha256 === undefined) return undefined;
  return async (temporary) => refuseOtherBytes(file, sha256, createReadStream(temporary));
}

/** It may be of a publisher that was killed before it flushed the name; the kernel does so by itself within half a minute. */
function isYoung(stats: Stats | undefined): boolean {
  return stats !== undefined && Date.now() - stats.ctimeMs < 120_000;
}

async function replaceObject(
  at: Place,
  path: string,
  content: Content,
  expected: string | undefined,
): Promise<{ readonly version: string } | "conflict"> {
  const current = await readObject(at, path);
  if (current?.version !== expected) return "conflict";
  await flush(at);
  await writeObject(at, path, content);
  await flush(at);
  const bytes = "file" in content ? (await readObject(at, path))?.bytes : content;
  return { version: hashOf(bytes ?? new Uint8Array()) };
}

async function writeObject(at: Place, path: string, content: Content): Promise<void> {
  await withPlainErrors(at.root, "write", path, async () => {
    const former = fileStats(at, path);
    await replaceWholeFile(join(at.root, path), content, (now) => later(now, former));
    note(at, path);
  });
}

/**
 * Clients ask with `If-Modified-Since`, whose grain is a second: what replaces a file is a second later at the least.
 */
function later(seconds: number, former: Stats | undefined): number {
  return former === undefined ? seconds : Math.max(seconds, Math.floor(former.mtimeMs / 1000) + 1);
}

async function copyObject(at: Place, source: string, target: string): Promise<void> {
  await withPlainErrors(at.root, "write", target, async () => {
    const from = fileStats(at, source);
    if (from === undefined) throw missingObject(at.root, source);
    const former = fileStats(at, target);
    if (former?.ino === from.ino && former.dev === from.dev) return;
    const [sourceFile, targetFile] = [join(at.root, source), join(at.root, target)];
    const isLater = from.mtimeMs / 1000 >= later(0, former);
    if (!isLater || !(await linked(sourceFile, targetFile)))
      await replaceWholeFile(targetFile, { file: sourceFile }, (now) => later(now, former));
    note(at, target);
  });
}

/** Not between two file systems, nor for another user's file (fs.protected_hardlinks). */
async function linked(source: string, target: string): Promise<boolean> {
  try {
    await linkOver(source, target);
    return true;
  } catch (error) {
    if (["EPERM", "EXDEV", "EMLINK", "EOPNOTSUPP", "EACCES"].includes(systemCode(error) ?? "")) return false;
    throw error;
  }
}

function note(at: Place, path: string): void {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (at.unflushed.has(folder)) return;
    at.unflushed.add(folder);
  }
  at.unflushed.add(".");
}

/** From so many folders on, one flush of the whole file system is quicker. */
const MANY_FOLDERS = 32;

async function flush(at: Place): Promise<void> {
  const folders = [...at.unflushed];
  at.unflushed.clear();
  if (folders.length >= MANY_FOLDERS && (await flushFileSystem(at))) return;
  for (const folder of folders)
    await syncDirectory(join(at.root, folder)).catch((error: unknown) => {
      // Nothing of a folder that was removed is to be kept.
      if (systemCode(error) !== "ENOENT") throw error;
    });
}

async function flushFileSystem({ root }: Place): Promise<boolean> {
  return (await exec("sync", ["--file-system", root])).exitCode === 0;
}

async function runAlone<T>(at: Place, run: () => Promise<T>): Promise<T> {
  if (at.locked.getStore() === true) return await run();
  const file = join(at.root, LOCK_PATH);
  await withPlainErrors(at.root, "lock", LOCK_PATH, async () => {
    makeFolder(dirname(file));
  });
  const options = { seconds: LOCK_SECONDS, failure: lockError(at.root, LOCK_SECONDS) };
  return await withFileLock(file, options, async () => at.locked.run(true, run));
}

const LOCK_SECONDS = 600;

async function inTurn<T>(at: Place, run: () => Promise<T>): Promise<T> {
  const mine = at.turn.then(run);
  at.turn = mine.catch(() => undefined);
  return await mine;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
