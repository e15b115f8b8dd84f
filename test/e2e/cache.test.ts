import { appendFile, mkdir, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build, venvdeb } from "../helpers/program.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { copySample, type SampleName } from "../helpers/samples.ts";

interface Sample {
  readonly name: SampleName;
  readonly compression: string;
  /** A file where a line at the end changes the package and nothing that it does. */
  readonly edited: string;
}

const samples: readonly Sample[] = [
  { name: "hello-web", compression: "xz", edited: "src/hello_web/__init__.py" },
  // Scientific libraries of 270 MB, which take their time to compress.
  { name: "forecast", compression: "none", edited: "src/forecast/__init__.py" },
  { name: "shop", compression: "gzip", edited: "src/shop/__init__.py" },
  { name: "shop-theme", compression: "xz", edited: "theme.ini" },
  { name: "legacy", compression: "zstd", edited: "legacy.py" },
];

test.each(samples.map((sample) => [sample.name, sample] as const))(
  "%s from the cache is bit for bit what it is without",
  async (_, sample) => {
    const folder = join(runFolder(), "cache", sample.name);
    const project = await copySample(sample.name, folder);
    const env = await ownCache(folder);
    const options = (output: string, jobs: number) => [
      "--compression",
      sample.compression,
      "--output",
      join(folder, output),
      "--jobs",
      String(jobs),
    ];
    await build(project, options("first", 2), env);
    await appendFile(join(project, sample.edited), "# one line more\n");
    const fresh = await build(project, ["--no-cache", ...options("fresh", 1)], env);
    const warm = await build(project, options("warm", 1), env);
    const warmer = await build(project, options("warmer", 2), env);
    expect([warm.sha256, warmer.sha256]).toEqual([fresh.sha256, fresh.sha256]);
    const again = await venvdeb(["build", ...options("warmer", 1)], project, env);
    expect(again.stderr).toContain("Unchanged");
    expect(again.stdout).toBe(warmer.path);
  },
);

/** A cache without layers; what installers have downloaded is everybody's. */
async function ownCache(folder: string): Promise<Readonly<Record<string, string>>> {
  const shared =
    process.env["VENVDEB_CACHE_DIR"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "venvdeb");
  const own = join(folder, "cache");
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { recursive: true });
  for (const name of ["uv", "tools"]) {
    await mkdir(join(shared, name), { recursive: true });
    await symlink(join(shared, name), join(own, name));
  }
  return { VENVDEB_CACHE_DIR: own };
}
