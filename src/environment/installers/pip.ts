import { join } from "node:path";
import { readdir, writeFile } from "../../effects/fs.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import type { ExecResult } from "../../effects/exec.ts";
import { findAccess, type Access } from "../credentials.ts";
import { installerEnvironment, runChild } from "../child.ts";
import type { Pip } from "../pip-command.ts";
import { readCheckedWheel } from "../wheel-file.ts";
import { parsePipReport } from "./pip-report.ts";
import { byHash, requirementLine } from "./requirement-line.ts";
import { indexVariable, resolving, type RunOptions } from "./run-options.ts";
import type { Installer, InstallerContext, ResolveRequest, WheelToInstall } from "./types.ts";

/**
 * pip, from wherever this machine has it, working on the target's interpreter and environments by `--python`.
 * Its methods throw VenvdebError INSTALL_RESOLVE_FAILED, INSTALL_FAILED, INSTALL_WHEEL_DAMAGED, INSTALL_RECORD_MISMATCH.
 */
export function pipInstaller({ command, version }: Pip, context: InstallerContext): Installer {
  const environment = {
    ...installerEnvironment(context.host),
    PIP_CACHE_DIR: join(context.host.cacheDirectory, "pip"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PIP_NO_COLOR: "1",
    PIP_PROGRESS_BAR: "off",
    PIP_ROOT_USER_ACTION: "ignore",
  };
  const [program = "", ...prefix] = command;
  const run: RunPip = async (python, args, { index, ...options }) => {
    const own = index === undefined ? {} : await indexVariable("PIP_INDEX_URL", index, context);
    return await runChild(
      program,
      [...prefix, "--python", python, ...args],
      { ...environment, ...own },
      {
        cwd: context.projectDirectory,
        ...options,
      },
    );
  };
  return {
    name: "pip",
    version: version.join("."),
    resolve: async (request) => await resolve(run, context, request),
    install: async (wheels, target, options) =>
      await install(run, context, wheels, target, options?.again === true ? ["--force-reinstall"] : []),
    installBuildRequirements: async (requirements, target) =>
      await installBuildRequirements(run, requirements, target),
    findUnpackedWheel: async () => undefined,
  };
}

type RunPip = (python: string, args: readonly string[], options: RunOptions) => Promise<ExecResult>;

async function resolve(
  run: RunPip,
  context: InstallerContext,
  request: ResolveRequest,
): Promise<ReturnType<typeof parsePipReport>> {
  return await withTempDir(async (scratch) => {
    const input = join(scratch, "requirements.in");
    await writeFile(input, request.requirements.map((line) => `${line}\n`).join(""));
    const files = [input, ...request.files].flatMap((file) => ["--requirement", file]);
    const options = ["--dry-run", "--ignore-installed", "--quiet", "--report", "-"];
    const { stdout } = await run(
      context.interpreter.path,
      ["install", ...options, ...(request.noDependencies === true ? ["--no-deps"] : []), ...files],
      resolving(request),
    );
    return parsePipReport(stdout);
  });
}

/** Fetched first, so that each wheel is held against its RECORD before anything of it is unpacked. */
async function install(
  run: RunPip,
  context: InstallerContext,
  wheels: readonly WheelToInstall[],
  target: string,
  options: readonly string[],
): Promise<void> {
  await withTempDir(async (scratch) => {
    const folder = join(scratch, "wheels");
    for (const [index, group] of byHash(wheels).entries())
      await download(run, group, context, {
        target,
        folder,
        list: join(scratch, `requirements-${index}.txt`),
      });
    const paths = (await readdir(folder)).toSorted().map((name) => join(folder, name));
    for (const path of paths) await readCheckedWheel(path);
    await run(
      pythonOf(target),
      [
        "install",
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--no-warn-script-location",
        ...options,
        ...paths,
      ],
      { failure: { code: "INSTALL_FAILED", doing: "install the wheels" } },
    );
  });
}

/** pip knows an index's password for the index's own folder only, not for the files that it leads to. */
async function accessTo({ location }: WheelToInstall, context: InstallerContext): Promise<Partial<Access>> {
  return "url" in location ? await findAccess(location.url, context.host, context.projectDirectory) : {};
}

async function download(
  run: RunPip,
  wheels: readonly WheelToInstall[],
  context: InstallerContext,
  { target, folder, list }: { readonly target: string; readonly folder: string; readonly list: string },
): Promise<void> {
  const lines = await Promise.all(
    wheels.map(async (wheel) => requirementLine(wheel, await accessTo(wheel, context))),
  );
  await writeFile(list, lines.join(""), { mode: 0o600 });
  const hashes = wheels[0]?.hash === undefined ? [] : ["--require-hashes"];
  await run(
    pythonOf(target),
    ["download", "--no-deps", "--only-binary", ":all:", ...hashes, "--dest", folder, "--requirement", list],
    { failure: { code: "INSTALL_FAILED", doing: "fetch the wheels" } },
  );
}

async function installBuildRequirements(
  run: RunPip,
  requirements: readonly string[],
  target: string,
): Promise<void> {
  if (requirements.length === 0) return;
  await withTempDir(async (scratch) => {
    const list = join(scratch, "requirements.txt");
    await writeFile(list, requirements.map((line) => `${line}\n`).join(""));
    await run(pythonOf(target), ["install", "--no-warn-script-location", "--requirement", list], {
      failure: { code: "INSTALL_FAILED", doing: "install what a source build needs" },
    });
  });
}

function pythonOf(environment: string): string {
  return join(environment, "bin/python");
}
