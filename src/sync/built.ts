import { basename, join } from "node:path";
import type { PackageFile } from "../build-types.ts";
import { mkdir, rename, rm } from "../effects/fs.ts";
import { namesIn, readJson, writeJson } from "./json-file.ts";
import type { SyncJob } from "./types.ts";

/** The packages of one job, in a folder of its key. */
export interface BuiltJob {
  readonly key: string;
  readonly packages: readonly PackageFile[];
}

const MANIFEST = "job.json";

/** Keys of which the packages are in a folder. A job that was not finished has no manifest. */
export async function readBuilt(folder: string): Promise<Map<string, BuiltJob>> {
  const names = (await namesIn(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const all = await Promise.all(
    names.map(async (key) => {
      const built = await readJson(join(folder, key, MANIFEST), isBuilt);
      if (built === undefined) return [];
      // The folder may have come from another machine.
      return [[key, { key, packages: inFolder(join(folder, key), built.packages) }] as const];
    }),
  );
  return new Map(all.flat());
}

function isBuilt(value: object): value is BuiltJob {
  return "packages" in value && Array.isArray(value.packages) && "key" in value;
}

/** Lets `build` make packages in a folder, which becomes that of the job when they are whole; another's of the same key stays. */
export async function keepBuilt(
  folder: string,
  job: SyncJob,
  build: (directory: string) => Promise<readonly PackageFile[]>,
): Promise<readonly PackageFile[]> {
  const temporary = join(folder, `.${job.key}.part`);
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    const packages = await build(temporary);
    await writeJson(temporary, MANIFEST, { key: job.key, job, packages });
    await rm(join(folder, job.key), { recursive: true, force: true });
    await rename(temporary, join(folder, job.key));
    return inFolder(join(folder, job.key), packages);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function inFolder(folder: string, packages: readonly PackageFile[]): PackageFile[] {
  return packages.map(({ path, ...facts }) => Object.assign(facts, { path: join(folder, basename(path)) }));
}

export async function dropBuilt(folder: string, keys: Iterable<string>): Promise<void> {
  for (const key of keys) await rm(join(folder, key), { recursive: true, force: true });
}
