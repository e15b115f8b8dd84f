import { createHash } from "node:crypto";
import { digestOf } from "../cache/digest.ts";
import { COMPRESSORS } from "../deb/compress.ts";
import { describeMachine } from "../dependencies/machine-state.ts";
import { exec } from "../effects/exec.ts";
import { readFileSync } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { programDigest } from "../effects/program-digest.ts";
import { readBuildSystem } from "../environment/build-system.ts";
import { backendEnvironment } from "../environment/child.ts";
import type { Installer } from "../environment/installers/types.ts";
import { identifyInterpreter } from "../environment/interpreter-digest.ts";
import type { ResolvedRequirements } from "../environment/resolve.ts";
import type { LockedDistribution, PackagePlan } from "../plan/types.ts";
import { digestFolder } from "./folder.ts";

export interface InputOptions {
  readonly host: Host;
  /** Absent for a package without an environment. */
  readonly resolved?: ResolvedRequirements;
  /** The project's wheel, where it is built already. */
  readonly projectWheel?: string;
  /** As an earlier call has found them: the build takes exactly these, so the index is not asked again. */
  readonly tools?: BackendTools;
}

/** What the project's backend asks for, and what the index has for it. */
export interface BackendTools {
  readonly requires: readonly string[];
  readonly found: readonly LockedDistribution[];
}

export interface DigestedInputs {
  readonly digest: string;
  /** Absent where the project has no backend to be run. */
  readonly tools?: BackendTools;
}

/**
 * A digest of all that a package is made of: the plan with its time, what is installed, every file of the project and
 * of local folders that the lock names and what the index has now to build them, shipped files, the interpreter, the
 * packages of this machine, the variables that compilers get, the compressor, and this program.
 * @returns nothing where something may change and keep its name
 */
export async function digestInputs(
  plan: PackagePlan,
  options: InputOptions,
): Promise<DigestedInputs | undefined> {
  const { host, resolved, projectWheel } = options;
  const { directory, kind } = plan.project;
  const { installer, distributions = [] } = resolved ?? {};
  const local = distributions.flatMap(({ source }) => (source.kind === "directory" ? [source.path] : []));
  const hasBackend = kind === "wheel" && projectWheel === undefined;
  const [compressor, folders, own, tools] = await Promise.all([
    describeCompressor(plan),
    Promise.all([...new Set([directory, ...local])].map(async (one) => await digestFolder(one, host))),
    hasBackend && installer ? (options.tools ?? findTools(directory, installer)) : NO_TOOLS,
    installer ? describeBuildTools(local, installer) : [],
  ]);
  if (own === undefined || tools === undefined || !distributions.every(isFixed)) return undefined;
  const digest = digestOf([
    programDigest(),
    plan,
    [installer?.name, installer?.version, distributions],
    folders,
    [own.found, tools],
    projectWheel === undefined ? "" : digestFile(projectWheel),
    plan.files.map(({ source }) => digestFile(source)),
    describeMachine(),
    plan.hasEnvironment ? identifyInterpreter(plan.target.python.path) : "",
    backendEnvironment(host, { home: "", path: "" }),
    compressor,
  ]);
  return own === NO_TOOLS ? { digest } : { digest, tools: own };
}

const NO_TOOLS: BackendTools = { requires: [], found: [] };

async function findTools(folder: string, installer: Installer): Promise<BackendTools | undefined> {
  const { requires } = await readBuildSystem(folder);
  const found = await resolveTools(requires, installer);
  return found && { requires, found };
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

/** Everything else is named by its digest or by its commit. */
function isFixed({ source }: LockedDistribution): boolean {
  if (source.kind === "index") return source.files.every(({ hashes }) => Object.keys(hashes).length > 0);
  return source.kind !== "url" || source.sha256 !== undefined;
}

async function describeBuildTools(
  folders: readonly string[],
  installer: Installer,
): Promise<readonly (readonly LockedDistribution[])[] | undefined> {
  const all = await Promise.all(folders.map(async (folder) => await findTools(folder, installer)));
  const found = all.map((one) => one?.found);
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

function digestFile(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
