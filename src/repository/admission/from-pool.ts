import { join } from "node:path";
import { open } from "../../effects/fs.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import { writeRecord } from "../package-record.ts";
import type { Storage } from "../storage/types.ts";
import { admitPackages } from "./admit.ts";
import type { AdmitOptions, AdmittedPackage } from "./types.ts";
import type { PackageRecord } from "../types.ts";

/**
 * Reads packages that are in the pool already, in the order of their paths, a few at a time; `file` is then the path
 * in the repository.
 * @throws VenvdebError REPO_OBJECT_MISSING, or as `admitPackages`
 */
export async function* admitFromPool(
  storage: Storage,
  paths: readonly string[],
  options: AdmitOptions,
): AsyncGenerator<readonly AdmittedPackage[]> {
  for (let start = 0; start < paths.length; start += TOGETHER)
    yield await admitSome(storage, paths.slice(start, start + TOGETHER), options);
}

/**
 * Makes the record of a package anew from its file in the pool; it was added when that file was.
 * @throws VenvdebError as `admitFromPool`
 */
export async function remakeRecord(
  storage: Storage,
  path: string,
  options: AdmitOptions,
): Promise<{ readonly admitted: AdmittedPackage; readonly record: PackageRecord }> {
  const added = (await storage.stat(path))?.modified ?? (await storage.now());
  const [admitted] = await admitSome(storage, [path], options);
  if (admitted === undefined) throw new Error(`nothing was read of ${path}`);
  return { admitted, record: await writeRecord(storage, admitted, { path, added }) };
}

/** Their copies are on the disk together. */
const TOGETHER = 64;

async function admitSome(
  storage: Storage,
  paths: readonly string[],
  options: AdmitOptions,
): Promise<readonly AdmittedPackage[]> {
  return withTempDir(async (folder) => {
    const copies = new Map<string, string>();
    for (const [index, path] of paths.entries()) {
      // The name is what an error tells.
      const copy = join(folder, `${index}-${path.slice(path.lastIndexOf("/") + 1)}`);
      await copyOut(storage, path, copy);
      copies.set(copy, path);
    }
    const admitted: AdmittedPackage[] = [];
    for (const one of await admitPackages([...copies.keys()], options))
      admitted.push({ ...one, file: copies.get(one.file) ?? one.file });
    return admitted;
  });
}

async function copyOut(storage: Storage, path: string, copy: string): Promise<void> {
  const file = await open(copy, "wx", 0o600);
  try {
    for await (const chunk of storage.stream(path)) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}
