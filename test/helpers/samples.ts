import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { alone } from "./locks.ts";
import { build } from "./program.ts";
import { repository, runFolder } from "./run-folder.ts";

export type SampleName = "hello-web" | "forecast" | "shop" | "shop-theme" | "legacy";

interface Variant {
  /** Short, for the folder. */
  readonly id: string;
  /** Pieces of the sample's files to write otherwise, by path in the project. */
  readonly edits: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** Files that are not in it. */
  readonly removed?: readonly string[];
}

/** xz is the default, and three minutes for 270 MB of scientific libraries; lintian of Debian 12 refuses zstd. */
const compressions: Readonly<Record<SampleName, string>> = {
  "hello-web": "xz",
  forecast: "gzip",
  shop: "gzip",
  "shop-theme": "xz",
  legacy: "xz",
};

/** The package of a sample application, built at most once a run. */
export async function builtSample(name: SampleName): Promise<string> {
  return builtOnce(join(runFolder(), "samples", name), name, ["--compression", compressions[name]]);
}

/** The packages of several, in their order. */
export async function builtSamples(names: readonly SampleName[]): Promise<string[]> {
  const debs: string[] = [];
  for (const name of names) debs.push(await builtSample(name));
  return debs;
}

/** The package of a sample with some pieces written otherwise, such as its version or its port; once a run for an id, packed quickly. */
export async function builtVariant(name: SampleName, variant: Variant): Promise<string> {
  const folder = join(runFolder(), "variants", `${name}-${variant.id}`);
  return builtOnce(folder, name, ["--compression", "gzip"], async (project) => {
    for (const path of variant.removed ?? []) await rm(join(project, path));
    for (const [path, pieces] of Object.entries(variant.edits)) await editFile(join(project, path), pieces);
  });
}

async function builtOnce(
  folder: string,
  name: SampleName,
  options: readonly string[],
  change: (project: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const note = join(folder, "built.txt");
  await alone(join(folder, "lock"), async () => {
    if (existsSync(note)) return;
    const project = await copySample(name, folder);
    await change(project);
    await writeFile(note, (await build(project, options)).path);
  });
  return readFile(note, "utf8");
}

async function editFile(
  file: string,
  pieces: readonly (readonly [from: string, to: string])[],
): Promise<void> {
  let text = await readFile(file, "utf8");
  for (const [from, to] of pieces) {
    if (!text.includes(from)) throw new Error(`${file} does not have "${from}"`);
    text = text.replaceAll(from, to);
  }
  await writeFile(file, text);
}

/** A copy of a sample's sources in a folder, so that a build leaves nothing in the repository. */
export async function copySample(name: SampleName, folder: string): Promise<string> {
  const project = resolve(folder, name);
  await mkdir(folder, { recursive: true });
  const sources = join(repository, "sample-apps", name);
  await cp(sources, project, {
    recursive: true,
    filter: (path) => !/\/(?:dist|build|[^/]*\.egg-info|__pycache__)$/.test(path),
  });
  return project;
}
