import { basename, dirname, join } from "node:path";
import { lstat, readFile, readdir } from "../../effects/fs.ts";

/** The `.dist-info` folders of the wheels that uv keeps unpacked, by their names. */
export type ArchiveIndex = ReadonlyMap<string, readonly string[]>;

/**
 * Looks through uv's cache, which keeps each wheel unpacked as it came (`archive-v0/<id>/`, uv 0.7 to 0.13).
 * Empty where it is laid out in another way.
 */
export async function indexArchives(cache: string): Promise<ArchiveIndex> {
  const index = new Map<string, string[]>();
  const buckets = (await readdir(cache).catch(() => [])).filter((name) => name.startsWith("archive-v"));
  for (const bucket of buckets)
    for (const id of await readdir(join(cache, bucket)).catch(() => [])) {
      const archive = join(cache, bucket, id);
      const names = await readdir(archive).catch(() => []);
      for (const name of names.filter((one) => one.endsWith(".dist-info")))
        index.set(name, [...(index.get(name) ?? []), join(archive, name)]);
    }
  return index;
}

/**
 * The unpacked wheel that an installed distribution came from: uv leaves out of the installed RECORD what it did not
 * unpack. Found by the METADATA that both share: the same file (uv links), else the same bytes if no other has them.
 */
export async function findArchive(
  index: ArchiveIndex,
  environment: string,
  distInfo: string,
): Promise<string | undefined> {
  const installed = join(environment, distInfo, "METADATA");
  const candidates = index.get(basename(distInfo)) ?? [];
  for (const kept of candidates)
    if (await isSameFile(join(kept, "METADATA"), installed)) return dirname(kept);
  const bytes = await readFile(installed).catch(() => undefined);
  const equal: string[] = [];
  for (const kept of candidates) {
    const other = await readFile(join(kept, "METADATA")).catch(() => undefined);
    if (bytes && other && bytes.equals(other)) equal.push(dirname(kept));
  }
  return equal.length === 1 ? equal[0] : undefined;
}

async function isSameFile(kept: string, installed: string): Promise<boolean> {
  const [left, right] = await Promise.all(
    [kept, installed].map((path) => lstat(path).catch(() => undefined)),
  );
  return left !== undefined && right !== undefined && left.ino === right.ino && left.dev === right.dev;
}
