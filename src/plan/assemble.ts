import { posix } from "node:path";
import type { Config } from "../config/types.ts";
import type { Project } from "../project/types.ts";
import { normalizeName } from "../python/normalize-name.ts";
import type { BuildHistory } from "../vcs/build-history.ts";
import { assembleDirectories } from "./directories.ts";
import { assembleGenerated } from "./generate.ts";
import { assembleIdentity, packageName } from "./identity.ts";
import { assembleJobs, assembleTriggers } from "./jobs.ts";
import { requireEnvironment } from "./no-environment.ts";
import { assembleRotations } from "./rotations.ts";
import { assembleServices, assembleUsers } from "./services.ts";
import type { PackagePlan, Relations, RequirementsPlan, Target } from "./types.ts";
import type { LinkPlan, OwnScriptName, ShippedFile } from "./system-types.ts";

/** All that is known before anything is built. The last five needed the world; everything else is pure. */
export interface PlanInput {
  readonly config: Config;
  readonly project: Project;
  readonly target: Target;
  readonly requirements: RequirementsPlan;
  readonly files: readonly ShippedFile[];
  readonly scripts: Readonly<Partial<Record<OwnScriptName, string>>>;
  /** The texts of the templates of generated files, by id. */
  readonly templates: Readonly<Record<string, string>>;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly history?: BuildHistory;
}

/**
 * Joins settings, project and target into the plan. Pure: the same input gives the same plan.
 * @throws VenvdebError PLAN_INCOMPLETE, PLAN_GENERATE_CLASH, PLAN_NO_ENVIRONMENT, PYTHON_BAD_VERSION
 */
export function assemblePlan(input: PlanInput): PackagePlan {
  const { config, project, target } = input;
  if (!config.environment) requireEnvironment(config);
  const environmentPath = config.prefix ?? `/opt/${packageName(config, project) ?? ""}`;
  const identity = assembleIdentity(config, project, environmentPath);
  const services = assembleServices(config, identity.name, environmentPath);
  const generated = assembleGenerated(config, identity.name, input.templates);
  const jobs = assembleJobs(config, identity.name, environmentPath);
  const users = assembleUsers(config, identity.name, [
    ...services,
    ...jobs,
    ...config.directories.flatMap((directory) => directory.owner ?? []),
  ]);
  return {
    planVersion: 1,
    package: identity,
    target,
    project: {
      directory: project.directory,
      kind: config.environment ? project.kind : "none",
      name: normalizeName(project.name ?? identity.name),
      version: project.version ?? config.version ?? "",
      ...(project.license === undefined ? {} : { license: project.license }),
    },
    hasEnvironment: config.environment,
    environmentPath,
    stablePath: environmentPath,
    requirements: input.requirements,
    installer: config.installer,
    relations: config.environment ? addInterpreter(config.relations, target) : config.relations,
    shlibs: config.shlibs,
    users,
    services,
    generated,
    links: assembleLinks(config.links, environmentPath),
    files: input.files,
    jobs,
    rotations: assembleRotations(config, { name: identity.name, stablePath: environmentPath, users }),
    directories: assembleDirectories(config, users),
    triggers: assembleTriggers(config, environmentPath),
    scripts: input.scripts,
    renames: config.renames,
    operatorCommand: config.operatorCommand && config.environment,
    compression: config.compression,
    timestamp: input.timestamp,
    ...(input.history === undefined ? {} : { history: input.history }),
  };
}

/** The exact minor of the interpreter: another one does not see the environment's modules. */
function addInterpreter(relations: Relations, target: Target): Relations {
  return { ...relations, depends: [`python${target.python.minor}`, ...relations.depends] };
}

function assembleLinks(links: Readonly<Record<string, string>>, environmentPath: string): LinkPlan[] {
  return Object.entries(links).map(([path, target]) => ({
    path,
    target: target.startsWith("/") ? target : posix.join(environmentPath, target),
  }));
}
