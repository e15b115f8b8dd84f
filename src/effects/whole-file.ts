import { randomUUID } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, statSync } from "node:fs";
import { chmod, constants, copyFile, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withTempFile } from "./temp-dir.ts";

/** Bytes, or a file that is copied (as a clone of its blocks where the file system can). */
export type WholeContent = Uint8Array | { readonly file: string };

/**
 * Makes a durable file if there is none of this name; its parent folders too. Others see the whole file or none.
 * The name itself is durable only after `syncDirectory` of its folder.
 * `check` may refuse the bytes that were written.
 * @throws the errors of the file system: EPERM or EOPNOTSUPP where it has no hard links
 */
export async function createWholeFile(
  path: string,
  content: WholeContent,
  check?: (temporary: string) => Promise<void>,
): Promise<"created" | "exists"> {
  return await withFilledFile(path, content, async (temporary) => {
    await check?.(temporary);
    return linkNew(temporary, path);
  });
}

/** Puts a durable file in the place of what is there. `modified` is given to it, in seconds since 1970. */
export async function replaceWholeFile(
  path: string,
  content: WholeContent,
  modified?: (now: number) => number,
): Promise<void> {
  await withFilledFile(
    path,
    content,
    async (temporary) => {
      await rename(temporary, path);
    },
    modified,
  );
}

/** Makes `target` another name of the file `source`, in the place of what is there. */
export async function linkOver(source: string, target: string): Promise<void> {
  await inFolder(target, async (temporary) => {
    linkSync(source, temporary);
    // Of two names of one file, rename(2) does nothing at all.
    await rename(temporary, target);
  });
}

/** What the names of files begin with that are not whole yet. */
export const PARTIAL_PREFIX = ".venvdeb-partial.";

function linkNew(temporary: string, path: string): "created" | "exists" {
  try {
    linkSync(temporary, path);
    return "created";
  } catch (error) {
    if (codeOf(error) === "EEXIST") return "exists";
    throw error;
  }
}

async function withFilledFile<T>(
  path: string,
  content: WholeContent,
  place: (temporary: string) => Promise<T>,
  modified?: (now: number) => number,
): Promise<T> {
  return await inFolder(path, async (temporary) => {
    await fill(temporary, content, modified);
    return place(temporary);
  });
}

/** Tried again when somebody who tidies up takes the folder away between two of our steps. */
async function inFolder<T>(path: string, run: (temporary: string) => Promise<T>): Promise<T> {
  const folder = dirname(path);
  for (let tries = 1; ; tries++) {
    const temporary = join(folder, `${PARTIAL_PREFIX}${randomUUID()}`);
    try {
      makeFolder(folder);
      return await withTempFile(temporary, async () => run(temporary));
    } catch (error) {
      if (codeOf(error) !== "ENOENT" || tries === 5) throw error;
    }
  }
}

/** Makes a folder and its parents, readable by the web server whatever the user's umask is. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path))
    chmodSync(path, (statSync(path).mode & 0o7777) | 0o755);
}

async function fill(
  temporary: string,
  content: WholeContent,
  modified: ((now: number) => number) | undefined,
): Promise<void> {
  if ("file" in content) {
    await copyFile(content.file, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(temporary, 0o644);
  }
  const handle = await open(temporary, "file" in content ? "r+" : "wx");
  try {
    if (!("file" in content)) {
      await handle.chmod(0o644);
      await handle.writeFile(content);
    }
    const now = Date.now() / 1000;
    if (modified !== undefined) await handle.utimes(now, modified(now));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
