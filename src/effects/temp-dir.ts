import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives `run` a private folder and removes it afterwards, on success, failure and (see cli.ts) on a signal. */
export async function withTempDir<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "venvdeb-"));
  active.add(directory);
  try {
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
    active.delete(directory);
  }
}

/** Removes what running steps have made; for the signal handler only. */
export async function removeTempDirs(): Promise<void> {
  await Promise.all([...active].map((directory) => rm(directory, { recursive: true, force: true })));
}

const active = new Set<string>();
