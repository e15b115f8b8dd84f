import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "./program.ts";
import { repository, runFolder } from "./run-folder.ts";

export type SampleName = "hello-web" | "forecast";

/** Both that are in use: xz is the default, and three minutes for 270 MB of scientific libraries. */
const compressions: Readonly<Record<SampleName, string>> = { "hello-web": "xz", forecast: "zstd" };

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
