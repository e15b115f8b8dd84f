import { mkdtempSync, rmSync, unlinkSync } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stopIfInterrupted } from "./interruption.ts";

/** Gives `run` a private folder and removes it afterwards, on success, failure and (see cli.ts) on a signal. */
export async function withTempDir<T>(run: (directory: string) => Promise<T>): Promise<T> {
  await stopIfInterrupted();
  // At once, so that no signal comes between: a folder that is made but not yet noted would stay.
  const directory = mkdtempSync(tempPrefix());
  active.add(directory);
  try {
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
    active.delete(directory);
  }
}

/** What the path of every folder of `withTempDir` starts with. */
export function tempPrefix(): string {
  return join(tmpdir(), "venvdeb-");
}

/**
 * Lets `fill` write a file beside `target`, makes it durable and renames it to `target`: there is the whole file, or the
 * former one, never a part. On failure, and on a signal (see cli.ts), nothing of it stays.
 */
export async function writeBeside<T>(
  target: string,
  fill: (file: FileHandle) => Promise<T>,
  mode = 0o644,
): Promise<T> {
  const temporary = partialBeside(target);
  return await withTempFile(temporary, async () => {
    const result = await fillFile(temporary, fill, mode);
    // A program that a signal has ended leaves half a file, whatever its caller makes of that.
    await stopIfInterrupted();
    await rename(temporary, target);
    await syncDirectory(dirname(target));
    return result;
  });
}

/** What the names of files begin with that are not whole yet. */
export const PARTIAL_PREFIX = ".venvdeb-partial.";

/** A new path in the folder of `target`, for what is to take its place. */
export function partialBeside(target: string): string {
  return join(dirname(target), `${PARTIAL_PREFIX}${randomUUID()}`);
}

/** Lets `run` make a file of this path and take it away; what is still there afterwards, or on a signal, is removed. */
export async function withTempFile<T>(path: string, run: () => Promise<T>): Promise<T> {
  await stopIfInterrupted();
  active.add(path);
  try {
    return await run();
  } finally {
    removeTempFile(path);
    active.delete(path);
  }
}

/** Mostly it was renamed; `rm` would look at it first, which takes longer than all else that is done with a small file. */
function removeTempFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

async function fillFile<T>(path: string, fill: (file: FileHandle) => Promise<T>, mode: number): Promise<T> {
  const file = await open(path, "wx", mode);
  try {
    const result = await fill(file);
    await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

/** The name is durable only when its folder is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes what running steps have made, as the last thing before the program ends; for the signal handler only. */
export async function removeTempDirs(): Promise<void> {
  // What a program that was just ended has started may still write.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
  await Promise.all([...active].map((path) => rm(path, options)));
  // Steps of our own that were still writing have seen their folder go; without a pause they can't begin it anew.
  for (const path of active) rmSync(path, options);
}

const active = new Set<string>();
