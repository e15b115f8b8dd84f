import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import {
  lstatSync,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
  type FileHandle,
} from "../effects/fs.ts";
import type { Write } from "../effects/filter.ts";
import { makePrivateFolder } from "../effects/private-folder.ts";
import { messageOf } from "../errors.ts";
import type { Reporter } from "../reporter.ts";

/** Bytes that are kept under their own digest. */
export interface BlobReference {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** What a note tells of: a distribution's layer, a compressed segment, what a tree's libraries come to, a backend's environment, a whole build. */
export type NoteKind = "layer" | "segment" | "link" | "tool" | "build";

/**
 * Keeps what builds have made. Everything carries its digest and is held against it before it is used: what a full
 * disk, a killed process or a bad sector has left is dropped, so nothing needs to be synced. Writing never fails a
 * build; the first failure is told.
 */
export interface Store {
  /** A small value; undefined where there is none, or where it is damaged. */
  readonly readNote: (kind: NoteKind, key: string) => Promise<unknown>;
  readonly writeNote: (kind: NoteKind, key: string, value: unknown) => Promise<void>;
  /** Whether there are bytes of that name and size. Marks them as used; does not read them. */
  readonly has: (blob: BlobReference) => Promise<boolean>;
  /** The path of bytes that are as they were kept; undefined where they are not there, or damaged. */
  readonly find: (blob: BlobReference) => Promise<string | undefined>;
  /** Keeps what `fill` writes, which goes on even when nothing can be kept. */
  readonly keep: <T>(
    fill: (write: Write) => Promise<T>,
  ) => Promise<{ readonly result: T; readonly blob: BlobReference }>;
}

/**
 * Opens the store in a folder that is this user's alone; nothing where it can't be had, which is told.
 * @param folder absolute; made when missing
 */
export async function openStore(folder: string, reporter: Reporter): Promise<Store | undefined> {
  let isTold = false;
  const tell = (error: unknown): void => {
    if (isTold) return;
    isTold = true;
    reporter.warning(
      `nothing can be kept for the next build in "${folder}": ${messageOf(error)}`,
      "free space there, or set VENVDEB_CACHE_DIR to another folder; this build goes on without",
    );
  };
  try {
    await makePrivateFolder(folder);
  } catch (error) {
    tell(error);
    return undefined;
  }
  return {
    readNote: async (kind, key) => await readNote(notePath(folder, kind, key)),
    writeNote: async (kind, key, value) => {
      const text = JSON.stringify(value);
      await putFile(folder, notePath(folder, kind, key), `${sha256(text)}\n${text}`).catch(tell);
    },
    has: async (blob) => {
      const path = blobPath(folder, blob.sha256);
      return isThere(path, blob) && (await touch(path));
    },
    find: async (blob) => await findBlob(blobPath(folder, blob.sha256), blob),
    keep: async (fill) => await keepBlob(folder, fill, tell),
  };
}

/** Two levels, for folders of a size that every file system likes. */
export function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", digest.slice(0, 2), digest);
}

/** Where values are written before they get their name. */
export function unfinishedFolder(folder: string): string {
  return join(folder, "unfinished");
}

function notePath(folder: string, kind: NoteKind, key: string): string {
  return join(folder, `${kind}s`, key.slice(0, 2), key);
}

/** The text of a note without its checksum; undefined when that is not true of it. */
export function checkNote(text: string): string | undefined {
  const [digest, body] = [text.slice(0, 64), text.slice(65)];
  return digest === sha256(body) ? body : undefined;
}

async function readNote(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const body = checkNote(text);
  if (body === undefined) {
    await rm(path, { force: true }).catch(() => undefined);
    return undefined;
  }
  await touch(path);
  return JSON.parse(body);
}

function isThere(path: string, { size }: BlobReference): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.size === size;
}

async function findBlob(path: string, blob: BlobReference): Promise<string | undefined> {
  if (!isThere(path, blob)) return undefined;
  if ((await digestFile(path).catch(() => "")) === blob.sha256) return (await touch(path)) ? path : undefined;
  await rm(path, { force: true }).catch(() => undefined);
  return undefined;
}

/** SHA-256 of a file in hex. */
export async function digestFile(path: string): Promise<string> {
  const digest = createHash("sha256");
  const file = await open(path, "r");
  try {
    // One buffer for all: to get new ones costs more than the reading.
    const buffer = Buffer.allocUnsafe(512 * 1024);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return digest.digest("hex");
      digest.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** What was used last is thrown away last. False where another process has just thrown it away. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return await utimes(path, now, now).then(
    () => true,
    (error: unknown) => !(error instanceof Error && "code" in error && error.code === "ENOENT"),
  );
}

async function putFile(folder: string, path: string, content: string): Promise<void> {
  const temporary = join(unfinishedFolder(folder), randomUUID());
  try {
    await mkdir(unfinishedFolder(folder), { recursive: true });
    await writeFile(temporary, content, { mode: 0o600 });
    await moveTo(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Whole under its name or not there: a rename replaces what another process has put there, which is the same. */
async function moveTo(temporary: string, path: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await rename(temporary, path);
}

async function keepBlob<T>(
  folder: string,
  fill: (write: Write) => Promise<T>,
  tell: (error: unknown) => void,
): Promise<{ result: T; blob: BlobReference }> {
  const writer = new BlobWriter(folder, tell);
  try {
    const result = await fill(async (chunk) => await writer.write(chunk));
    return { result, blob: await writer.finish() };
  } finally {
    await writer.discard();
  }
}

/** Writes bytes that get their name from their digest. After a failure it only counts and digests. */
class BlobWriter {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #tell: (error: unknown) => void;
  readonly #digest = createHash("sha256");
  #size = 0;
  #file: FileHandle | undefined;
  #hasFailed = false;

  constructor(folder: string, tell: (error: unknown) => void) {
    this.#folder = folder;
    this.#temporary = join(unfinishedFolder(folder), randomUUID());
    this.#tell = tell;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#digest.update(chunk);
    this.#size += chunk.length;
    await this.#attempt(async () => await (await this.#open()).writeFile(chunk));
  }

  async finish(): Promise<BlobReference> {
    const blob = { sha256: this.#digest.digest("hex"), size: this.#size };
    await this.#attempt(async () => {
      await (await this.#open()).close();
      this.#file = undefined;
      await moveTo(this.#temporary, blobPath(this.#folder, blob.sha256));
    });
    return blob;
  }

  /** Leaves nothing of what was not finished. */
  async discard(): Promise<void> {
    try {
      await this.#file?.close();
    } catch {
      // The disk is full, or the network of a mounted one has gone: the file is removed all the same.
    }
    this.#file = undefined;
    await rm(this.#temporary, { force: true });
  }

  async #open(): Promise<FileHandle> {
    if (this.#file) return this.#file;
    await mkdir(unfinishedFolder(this.#folder), { recursive: true });
    this.#file = await open(this.#temporary, "wx", 0o600);
    return this.#file;
  }

  async #attempt(step: () => Promise<void>): Promise<void> {
    if (this.#hasFailed) return;
    try {
      await step();
    } catch (error) {
      this.#hasFailed = true;
      this.#tell(error);
      await this.discard();
    }
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
