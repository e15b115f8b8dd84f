import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "./program.ts";
import { repository, runFolder } from "./run-folder.ts";

export type SampleName = "hello-web" | "forecast" | "shop" | "shop-theme" | "legacy";

interface Variant {
  /** Short, for the folder. */
  readonly id: string;
  /** Pieces of the sample's files to write otherwise, by path in the project. */
  readonly edits: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** Options of `venvdeb build`. */
  readonly options?: readonly string[];
}

/** xz is the default, and three minutes for 270 MB of scientific libraries; lintian of Debian 12 refuses zstd. */
const compressions: Readonly<Record<SampleName, string>> = {
  "hello-web": "xz",
  forecast: "gzip",
  shop: "xz",
  "shop-theme": "xz",
  legacy: "xz",
};

/** The package of a sample application, built at most once a run. */
export async function builtSample(name: SampleName): Promise<string> {
  const folder = join(runFolder(), "samples", name);
  const note = join(folder, "built.txt");
  if (!existsSync(note)) {
    const project = await copySample(name, folder);
    await writeFile(note, (await build(project, ["--compression", compressions[name]])).path);
  }
  return readFile(note, "utf8");
}

/** The package of a sample with some pieces written otherwise, such as its version or its port. */
export async function builtVariant(name: SampleName, { id, edits, options }: Variant): Promise<string> {
  const project = await copySample(name, join(runFolder(), "variants", id));
  for (const [path, pieces] of Object.entries(edits)) {
    const file = join(project, path);
    let text = await readFile(file, "utf8");
    for (const [from, to] of pieces) {
      if (!text.includes(from)) throw new Error(`${file} does not have "${from}"`);
      text = text.replaceAll(from, to);
    }
    await writeFile(file, text);
  }
  return (await build(project, options)).path;
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
