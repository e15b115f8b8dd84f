import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { withFileLock } from "../../effects/file-lock.ts";
import {
  closeSync,
  constants,
  createReadStream,
  lstatSync,
  open,
  openSync,
  readFileSync,
  realpath,
  stat,
  type Stats,
} from "../../effects/fs.ts";
import { createWholeFile, linkOver, makeFolder, replaceWholeFile } from "../../effects/whole-file.ts";
import { VenvdebError } from "../../errors.ts";
import { refuseOtherBytes } from "./changed.ts";
import { flush, noteUnflushed, type Unflushed } from "./directory-flush.ts";
import { lockError, systemCode, withPlainErrors } from "./directory-errors.ts";
import { hasRealParents, listFolder, LOCK_PATH, removeFile } from "./directory-tree.ts";
import { missingObject } from "./missing.ts";
import { badPath, validatePath, validatePrefix } from "./paths.ts";
import type { Content, Storage, StoredObject } from "./types.ts";

/**
 * A repository in a folder. An object is a file that appears whole: it is written beside its place and then linked or
 * renamed there. All that was written is flushed before the next `replace` and at the end of `exclusively`, many files at
 * once, so that a release that survives a power cut has all it names. Files and folders are readable by everybody,
 * whatever the umask is.
 * @throws VenvdebError REPO_NO_FOLDER
 */
export async function openDirectory(path: string): Promise<Storage> {
  const root = await realRoot(path);
  const at: Place = {
    root,
    unflushed: { files: new Set(), folders: new Set() },
    locked: new AsyncLocalStorage(),
    turn: Promise.resolve(),
  };
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
    write: async (object, content) => writeObject(at, object, content, at.locked.getStore() !== true),
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
  readonly unflushed: Unflushed;
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

const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW;

async function openObject(at: Place, path: string) {
  if (fileStats(at, path) === undefined) return undefined;
  return await unlessGone(async () => open(join(at.root, path), READ_ONLY));
}

async function unlessGone<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function readObject(at: Place, path: string): Promise<StoredObject | undefined> {
  return await withPlainErrors(at.root, "read", path, async () => {
    const size = fileStats(at, path)?.size;
    if (size === undefined) return undefined;
    const file = join(at.root, path);
    const bytes = await unlessGone(async () => (size <= SMALL ? readSmall(file) : readLarge(file)));
    return bytes && { bytes, version: hashOf(bytes) };
  });
}

/** Ten thousand small files are read several times faster without a way through the event loop. */
const SMALL = 256 * 1024;

function readSmall(file: string): Buffer {
  const fd = openSync(file, READ_ONLY);
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

async function readLarge(file: string): Promise<Buffer> {
  const handle = await open(file, READ_ONLY);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
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
    if (outcome === "created" || isYoung(fileStats(at, path))) noteUnflushed(at.unflushed, path);
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
  await flush(at.root, at.unflushed);
  await writeObject(at, path, content, true);
  await flush(at.root, at.unflushed);
  const bytes = "file" in content ? (await readObject(at, path))?.bytes : content;
  return { version: hashOf(bytes ?? new Uint8Array()) };
}

async function writeObject(at: Place, path: string, content: Content, isDurable: boolean): Promise<void> {
  await withPlainErrors(at.root, "write", path, async () => {
    const former = fileStats(at, path);
    const modified = (now: number): number => later(now, former);
    await replaceWholeFile(join(at.root, path), content, { isDurable, modified });
    noteUnflushed(at.unflushed, path);
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
      await replaceWholeFile(
        targetFile,
        { file: sourceFile },
        { isDurable: false, modified: (now) => later(now, former) },
      );
    noteUnflushed(at.unflushed, target);
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

async function runAlone<T>(at: Place, run: () => Promise<T>): Promise<T> {
  if (at.locked.getStore() === true) return await run();
  const file = join(at.root, LOCK_PATH);
  await withPlainErrors(at.root, "lock", LOCK_PATH, async () => {
    makeFolder(dirname(file));
  });
  const options = { seconds: LOCK_SECONDS, failure: lockError(at.root, LOCK_SECONDS) };
  return await withFileLock(file, options, async () => {
    const result = await at.locked.run(true, run);
    await flush(at.root, at.unflushed);
    return result;
  });
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
