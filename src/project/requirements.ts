import { join, relative } from "node:path";
import type { Config } from "../config/types.ts";
import { VenvdebError } from "../errors.ts";
import type { RequirementsPlan, Target } from "../plan/types.ts";
import { normalizeName } from "../python/normalize-name.ts";
import type { Host } from "../effects/host.ts";
import type { Reporter } from "../reporter.ts";
import { lockedFromRequirementsTxt, resolveLock } from "./locks/resolve.ts";
import { parseRequirementsTxt, type RequirementsFile } from "./requirements-txt.ts";
import type { Project } from "./types.ts";

/**
 * What goes into the environment besides the project: the settings' requirements files, else the lock that the
 * project has, else what its metadata requires. Files that pin everything with hashes count as a lock.
 * @throws VenvdebError LOCK_REQUIRED when `locked = true` and nothing is; PROJECT_NO_EXTRA, PROJECT_NO_GROUP; those of
 *   the readers
 */
export async function planRequirements(
  config: Config,
  project: Project,
  target: Target,
  { host, reporter }: { readonly host: Host; readonly reporter: Reporter },
): Promise<RequirementsPlan> {
  if (!config.environment) return { kind: "loose", requirements: [], files: [] };
  const { env } = host;
  const own = ownRequirements(config, project);
  const files = requirementsFiles(config, project);
  const locked =
    files.length > 0
      ? await lockedFiles(files, project, { target, env })
      : await projectLock(config, project, { target, env });
  if (locked !== undefined && config.locked !== false) return locked;
  if (config.locked === true) throw notLocked(project);
  const isEmpty = own.length === 0 && files.length === 0;
  if (!isEmpty)
    reporter.info(`${project.directory}: no lock, versions are chosen now and may differ next time`);
  return { kind: "loose", requirements: own, files };
}

/** Requirements of the metadata, with the extras and groups that the settings ask for. */
function ownRequirements(config: Config, project: Project): string[] {
  const { optionalDependencies, dependencyGroups, dependencies } = project;
  return [
    ...dependencies,
    ...config.extras.flatMap((extra) => pick("PROJECT_NO_EXTRA", "extra", extra, optionalDependencies)),
    ...config.groups.flatMap((group) => pick("PROJECT_NO_GROUP", "group", group, dependencyGroups)),
  ];
}

function pick(
  code: "PROJECT_NO_EXTRA" | "PROJECT_NO_GROUP",
  what: string,
  name: string,
  known: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const found = known[normalizeName(name)];
  if (found !== undefined) return found;
  const names = Object.keys(known).join(", ");
  throw new VenvdebError(
    code,
    `Cannot install the ${what} "${name}": the project has no such ${what} (it has ${names === "" ? "none" : names})`,
    { hint: `change ${what}s in the settings`, exitCode: 2 },
  );
}

/** Without a setting, a requirements.txt is used where nothing else says what is required. */
function requirementsFiles({ requirements }: Config, project: Project): string[] {
  if (requirements !== undefined) return requirements.map((file) => join(project.directory, file));
  const { requirementsFile, lock, dependencies } = project;
  return requirementsFile === undefined || lock !== undefined || dependencies.length > 0
    ? []
    : [requirementsFile];
}

interface LockWorld {
  readonly target: Target;
  /** For `${NAME}` in requirements files. */
  readonly env: Host["env"];
}

async function lockedFiles(
  files: readonly string[],
  project: Project,
  { target, env }: LockWorld,
): Promise<RequirementsPlan | undefined> {
  const parsed: RequirementsFile[] = [];
  for (const file of files)
    parsed.push(await parseRequirementsTxt(file, { projectDirectory: project.directory, env }));
  const [first] = parsed;
  if (first === undefined || !parsed.every(({ locked }) => locked)) return undefined;
  const requirements = parsed.flatMap((one) => one.requirements);
  const file = files.map((one) => relative(project.directory, one)).join(", ");
  return {
    kind: "locked",
    file,
    distributions: lockedFromRequirementsTxt({ ...first, requirements }, target),
  };
}

async function projectLock(
  { locked, extras, groups }: Config,
  project: Project,
  world: LockWorld,
): Promise<RequirementsPlan | undefined> {
  if (project.lock === undefined || locked === false) return undefined;
  const distributions = await resolveLock(project, { ...world, extras, groups });
  return { kind: "locked", file: relative(project.directory, project.lock.file), distributions };
}

function notLocked({ directory }: Project): VenvdebError {
  return new VenvdebError(
    "LOCK_REQUIRED",
    `Cannot build "${directory}": nothing says exactly what to install, and locked = true wants that`,
    { hint: "uv lock, or a requirements file with versions and hashes: uv pip compile --generate-hashes" },
  );
}
