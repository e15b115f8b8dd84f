import { join } from "node:path";
import { writeFile } from "../../effects/fs.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import type { ExecResult } from "../../effects/exec.ts";
import { installerEnvironment, runChild } from "../child.ts";
import type { Uv } from "../uv.ts";
import { readIndexSettings } from "../index-settings.ts";
import { parsePylock } from "./pylock.ts";
import { byHash, requirementLine } from "./requirement-line.ts";
import { indexVariable, resolving, type RunOptions } from "./run-options.ts";
import type { Installer, InstallerContext, ResolveRequest, WheelToInstall } from "./types.ts";
import { indexArchives, findArchive, type ArchiveIndex } from "./uv-archive.ts";

/**
 * uv, with a cache of our own: wheels that somebody built with other flags or for another Python never get in.
 * Its methods throw VenvdebError INSTALL_RESOLVE_FAILED, INSTALL_FAILED.
 */
export async function uvInstaller({ program, version }: Uv, context: InstallerContext): Promise<Installer> {
  const settings = await readIndexSettings(context.host, context.projectDirectory);
  const cache = uvCache(context);
  const environment = {
    ...installerEnvironment(context.host),
    ...settings.environment,
    UV_CACHE_DIR: cache,
    UV_PYTHON_DOWNLOADS: "never",
    UV_NO_MANAGED_PYTHON: "1",
    UV_NO_PROGRESS: "1",
  };
  const run: RunUv = async (args, { index, ...options }) => {
    const own = index === undefined ? {} : await indexVariable("UV_DEFAULT_INDEX", index, context);
    return await runChild(
      program,
      ["--color", "never", ...args],
      { ...environment, ...own },
      {
        cwd: context.projectDirectory,
        ...options,
      },
    );
  };
  const offline = settings.arguments;
  let archives: Promise<ArchiveIndex> | undefined;
  return {
    name: "uv",
    version,
    resolve: async (request) => await resolve(run, context, offline, request),
    install: async (wheels, target, options) => {
      await install(run, wheels, target, [...offline, ...(options?.again === true ? ["--reinstall"] : [])]);
      archives = undefined;
    },
    installBuildRequirements: async (requirements, target) =>
      await installBuildRequirements(run, offline, requirements, target),
    findUnpackedWheel: async (target, distInfo) => {
      archives ??= indexArchives(cache);
      return await findArchive(await archives, target, distInfo);
    },
  };
}

type RunUv = (args: readonly string[], options: RunOptions) => Promise<ExecResult>;

function uvCache({ host }: InstallerContext): string {
  return join(host.cacheDirectory, "uv");
}

async function resolve(
  run: RunUv,
  context: InstallerContext,
  offline: readonly string[],
  request: ResolveRequest,
): Promise<ReturnType<typeof parsePylock>> {
  return await withTempDir(async (scratch) => {
    const input = join(scratch, "requirements.in");
    await writeFile(input, request.requirements.map((line) => `${line}\n`).join(""));
    const options = [
      "--format",
      "pylock.toml",
      "--python",
      context.interpreter.path,
      "--no-header",
      "--no-annotate",
    ];
    const { stdout } = await run(
      [
        "pip",
        "compile",
        "--quiet",
        ...options,
        ...offline,
        ...(request.noDependencies === true ? ["--no-deps"] : []),
        "--",
        input,
        ...request.files,
      ],
      resolving(request),
    );
    return parsePylock(stdout, context.projectDirectory);
  });
}

async function install(
  run: RunUv,
  wheels: readonly WheelToInstall[],
  target: string,
  options: readonly string[],
): Promise<void> {
  const fixed = ["--python", pythonOf(target), "--no-deps", "--only-binary", ":all:", ...options];
  await withTempDir(async (scratch) => {
    for (const [index, group] of byHash(wheels).entries()) {
      const file = join(scratch, `requirements-${index}.txt`);
      await writeFile(file, group.map((wheel) => requirementLine(wheel)).join(""));
      const hashes = group[0]?.hash === undefined ? [] : ["--require-hashes"];
      await run(["pip", "install", ...fixed, ...hashes, "--requirements", file], {
        failure: { code: "INSTALL_FAILED", doing: "install the wheels" },
      });
    }
  });
}

async function installBuildRequirements(
  run: RunUv,
  offline: readonly string[],
  requirements: readonly string[],
  target: string,
): Promise<void> {
  if (requirements.length === 0) return;
  await withTempDir(async (scratch) => {
    const file = join(scratch, "requirements.txt");
    await writeFile(file, requirements.map((line) => `${line}\n`).join(""));
    // Copies: a project's code runs there, and through a link it would write to uv's cache.
    const options = ["--python", pythonOf(target), "--link-mode", "copy", ...offline];
    await run(["pip", "install", ...options, "--requirements", file], {
      failure: { code: "INSTALL_FAILED", doing: "install what a source build needs" },
    });
  });
}

function pythonOf(environment: string): string {
  return join(environment, "bin/python");
}
