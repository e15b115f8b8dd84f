import { createHash } from "node:crypto";
import { join } from "node:path";
import { digestOf } from "../cache/digest.ts";
import { COMPRESSORS } from "../deb/compress.ts";
import { exec } from "../effects/exec.ts";
import { lstatSync, readdirSync, readFileSync } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { programDigest } from "../effects/program-digest.ts";
import { readBuildSystem } from "../environment/build-system.ts";
import { backendEnvironment } from "../environment/child.ts";
import type { Installer } from "../environment/installers/types.ts";
import type { ResolvedRequirements } from "../environment/resolve.ts";
import type { LockedDistribution, PackagePlan } from "../plan/types.ts";
import { digestFolder } from "./folder.ts";

export interface InputOptions {
  readonly host: Host;
  /** Absent for a package without an environment. */
  readonly resolved?: ResolvedRequirements;
  /** The project's wheel, where it is built already. */
  readonly projectWheel?: string;
}

/**
 * A digest of all that a package is made of: the plan with its time, what is installed, every file of the project and
 * of local folders that the lock names and what the index has now to build them, shipped files, the interpreter, the
 * packages of this machine, the variables that compilers get, the compressor, and this program.
 * @returns nothing where something may change and keep its name
 */
export async function digestInputs(plan: PackagePlan, options: InputOptions): Promise<string | undefined> {
  const { host, resolved, projectWheel } = options;
  const { directory, kind } = plan.project;
  const { installer, distributions = [] } = resolved ?? {};
  const local = distributions.flatMap(({ source }) => (source.kind === "directory" ? [source.path] : []));
  const built = kind === "wheel" && projectWheel === undefined ? [directory, ...local] : local;
  const [compressor, folders, tools] = await Promise.all([
    describeCompressor(plan),
    Promise.all([...new Set([directory, ...local])].map(async (one) => await digestFolder(one, host))),
    installer ? describeBuildTools(built, installer) : [],
  ]);
  if (tools === undefined || !distributions.every(isFixed)) return undefined;
  return digestOf([
    programDigest(),
    plan,
    [installer?.name, installer?.version, distributions],
    folders,
    tools,
    projectWheel === undefined ? "" : digestFile(projectWheel),
    plan.files.map(({ source }) => digestFile(source)),
    MACHINE.map(digestAny),
    plan.hasEnvironment ? digestFile(plan.target.python.path) : "",
    backendEnvironment(host, { home: "", path: "" }),
    compressor,
  ]);
}

/**
 * A digest of those inputs and of what the index has now for requirements that only a build has found out.
 * @returns nothing where the index does not answer
 */
export async function digestFurther(
  inputs: string,
  further: readonly string[],
  installer: Installer | undefined,
): Promise<string | undefined> {
  if (further.length === 0 || !installer) return inputs;
  const found = await resolveTools(further, installer);
  return found && digestOf([inputs, found]);
}

/** Which packages are installed, and what decides where libraries are found and what they are called. */
const MACHINE = [
  "/var/lib/dpkg/status",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/dpkg/shlibs.default",
  "/etc/dpkg/shlibs.override",
  "/etc/dpkg/symbols",
];

/** Everything else is named by its digest or by its commit. */
function isFixed({ source }: LockedDistribution): boolean {
  if (source.kind === "index") return source.files.every(({ hashes }) => Object.keys(hashes).length > 0);
  return source.kind !== "url" || source.sha256 !== undefined;
}

async function describeBuildTools(
  folders: readonly string[],
  installer: Installer,
): Promise<readonly (readonly LockedDistribution[])[] | undefined> {
  const found = await Promise.all(
    folders.map(async (folder) => await resolveTools((await readBuildSystem(folder)).requires, installer)),
  );
  return found.every((one) => one !== undefined) ? found : undefined;
}

async function resolveTools(
  requirements: readonly string[],
  installer: Installer,
): Promise<readonly LockedDistribution[] | undefined> {
  if (requirements.length === 0) return [];
  try {
    const found = await installer.resolve({ requirements, files: [] });
    return found.every((one) => isFixed(one) && one.source.kind !== "directory") ? found : undefined;
  } catch {
    // No index, or nothing that fits: the build will tell.
    return undefined;
  }
}

async function describeCompressor({ compression }: PackagePlan): Promise<unknown> {
  const filter = COMPRESSORS[compression].filter?.(1);
  if (!filter) return compression;
  const { stdout } = await exec(filter.program, ["--version"], { debianPackage: filter.debianPackage });
  return [filter.program, filter.args, stdout];
}

function digestAny(path: string): unknown {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return stats ? digestFile(path) : "";
  const names = readdirSync(path).toSorted();
  return names.map((name) => [name, digestAny(join(path, name))]);
}

function digestFile(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
