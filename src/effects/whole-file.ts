import { chmodSync, copyFileSync, linkSync, mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { constants, copyFile, open, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { partialBeside, withTempFile } from "./temp-dir.ts";

/** Bytes, or a file that is copied (as a clone of its blocks where the file system can). */
export type WholeContent = Uint8Array | { readonly file: string };

/**
 * Makes a file if there is none of this name; its parent folders too. Others see the whole file or none. Neither its
 * bytes nor its name are durable before they are flushed.
 * @param check looks at the bytes as they are to appear; what it throws is passed on, and nothing appears
 * @throws Error (of Node's file system) as the system says it
 */
export async function createWholeFile(
  path: string,
  content: WholeContent,
  check?: (temporary: string) => Promise<void>,
): Promise<"created" | "exists"> {
  return await withFilledFile(path, { content, isDurable: false }, async (temporary) => {
    await check?.(temporary);
    return linkNew(temporary, path);
  });
}

/**
 * The same for one that is replaced whatever was there. `modified` chooses its time of modification, in seconds.
 * `isDurable`: its bytes are flushed before it takes the place, but not its name.
 */
export async function replaceWholeFile(
  path: string,
  content: WholeContent,
  { isDurable, modified }: { readonly isDurable: boolean; readonly modified?: (now: number) => number },
): Promise<void> {
  await withFilledFile(path, { content, isDurable, modified }, async (temporary) => {
    await rename(temporary, path);
  });
}

/** Makes `target` another name of the file `source`, in the place of what is there. */
export async function linkOver(source: string, target: string): Promise<void> {
  await inFolder(target, async (temporary) => {
    linkSync(source, temporary);
    // Of two names of one file, rename(2) does nothing at all.
    await rename(temporary, target);
  });
}

function linkNew(temporary: string, path: string): "created" | "exists" {
  try {
    linkSync(temporary, path);
    return "created";
  } catch (error) {
    if (codeOf(error) === "EEXIST") return "exists";
    throw error;
  }
}

interface Filling {
  readonly content: WholeContent;
  readonly isDurable: boolean;
  readonly modified?: ((now: number) => number) | undefined;
}

async function withFilledFile<T>(
  path: string,
  filling: Filling,
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  return await inFolder(path, async (temporary) => {
    await fill(temporary, filling);
    return place(temporary);
  });
}

/** Mostly the folder is there. It is made when it is not, also when somebody who tidies up took it away meanwhile. */
async function inFolder<T>(path: string, run: (temporary: string) => Promise<T>): Promise<T> {
  const folder = dirname(path);
  for (let tries = 1; ; tries++) {
    const temporary = partialBeside(path);
    try {
      return await withTempFile(temporary, async () => run(temporary));
    } catch (error) {
      if (codeOf(error) !== "ENOENT" || tries === 5) throw error;
      makeFolder(folder);
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

/** Most are small, and ten thousand of them are written several times faster without a way through the event loop. */
async function fill(temporary: string, { content, isDurable, modified }: Filling): Promise<void> {
  if ("file" in content) await copyWhole(content.file, temporary);
  else if (content.length <= SMALL) writeFileSync(temporary, content, { flag: "wx" });
  else await writeFile(temporary, content, { flag: "wx" });
  chmodSync(temporary, 0o644);
  const now = Date.now() / 1000;
  if (modified !== undefined) utimesSync(temporary, now, modified(now));
  if (isDurable) await syncFile(temporary);
}

const SMALL = 256 * 1024;

async function copyWhole(file: string, temporary: string): Promise<void> {
  const flags = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;
  if (statSync(file).size <= SMALL) copyFileSync(file, temporary, flags);
  else await copyFile(file, temporary, flags);
}

/** Makes the bytes of a file durable, whoever wrote them. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
