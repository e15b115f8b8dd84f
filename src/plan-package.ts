import { resolve } from "node:path";
import type { PlanOptions } from "./build-types.ts";
import { readConfig } from "./config/read.ts";
import type { Config } from "./config/types.ts";
import { withScratch } from "./deb/disk-full.ts";
import { readProjectMetadata } from "./environment/metadata.ts";
import { detectRelease, detectTarget } from "./environment/target.ts";
import { assemblePlan } from "./plan/assemble.ts";
import { NO_INTERPRETER } from "./plan/no-environment.ts";
import type { PreviousPackage } from "./plan/previous-types.ts";
import type { PackagePlan } from "./plan/types.ts";
import { checkBuildDepends } from "./project/build-depends.ts";
import { detectProject } from "./project/detect.ts";
import { planRequirements } from "./project/requirements.ts";
import { readScripts } from "./project/scripts.ts";
import { resolveShippedFiles } from "./project/shipped-files.ts";
import { readTemplates } from "./project/templates.ts";
import { projectTimestamp } from "./project/timestamp.ts";
import { readDescribed } from "./versions/described.ts";
import { readPrevious } from "./versions/previous.ts";
import { fetchPublished, parsePublishedSuite } from "./versions/published.ts";

/**
 * What would be built, without building it: only a project that leaves its metadata to its build backend is built.
 * @throws VenvdebError CONFIG_*, PROJECT_*, LOCK_*, PLAN_*, TARGET_*, PYTHON_*
 */
export async function planPackage(options: PlanOptions): Promise<PackagePlan> {
  return await withScratch(async (scratch) => (await prepare(options, scratch)).plan);
}

/**
 * Reads everything that the plan is made of. A wheel that had to be built for its metadata is handed on.
 * @param scratch a folder that stays until that wheel has been used
 * @throws VenvdebError as planPackage
 */
export async function prepare(
  options: PlanOptions,
  scratch: string,
): Promise<{ plan: PackagePlan; projectWheel: { projectWheel?: string } }> {
  const { directory, host, reporter } = options;
  const release = await detectRelease(options.target, host);
  const config = await readSettings(
    options,
    `${release.distribution}:${release.codename}/${release.architecture}`,
  );
  await checkBuildDepends(config.buildDepends);
  const readTarget = () => detectTarget({ ...options, ...config }, host);
  const target = config.environment ? await readTarget() : { ...release, python: NO_INTERPRETER };
  const timestamp = await projectTimestamp(directory, host.env);
  let projectWheel: { projectWheel?: string } = {};
  const project = await detectProject(directory, {
    interpreter: target.python.path,
    readMetadata: async () => {
      const { installer } = config;
      const { metadata, wheel } = await readProjectMetadata(directory, {
        target: config.environment ? target : await readTarget(),
        installer,
        host,
        reporter,
        timestamp,
        scratch,
        ...(options.version === undefined ? {} : { version: options.version.upstream }),
      });
      projectWheel = { projectWheel: wheel };
      return metadata;
    },
  });
  const requirements = await planRequirements(config, project, target, options);
  const files = await resolveShippedFiles(config.files, directory);
  const scripts = await readScripts(config.scripts, directory);
  const templates = await readTemplates(config.generates, directory);
  const told = options.history === undefined ? {} : { history: options.history };
  const plan = assemblePlan({
    config,
    project,
    target,
    requirements,
    files,
    scripts,
    templates,
    timestamp,
    ...told,
  });
  const previous = await findPrevious(options, plan, scratch);
  return { plan: previous === undefined ? plan : { ...plan, previous }, projectWheel };
}

async function findPrevious(
  { previous, host, reporter }: PlanOptions,
  { package: identity, target: { architecture } }: PackagePlan,
  folder: string,
): Promise<PreviousPackage | undefined> {
  if (previous === undefined) return undefined;
  const { name, version } = identity;
  if (previous.endsWith(".json")) return await readDescribed(resolve(host.cwd, previous), identity);
  const suite = parsePublishedSuite(previous);
  if (suite === undefined) return await readPrevious(resolve(host.cwd, previous), identity, reporter);
  const found = await fetchPublished(suite, { name, version, architecture }, { folder, host });
  if (found !== undefined) return await readPrevious(found, identity, reporter);
  reporter.info(`No ${name} before ${version} is in ${previous}: nothing to migrate`);
  return undefined;
}

/** The command line wins over the settings. */
async function readSettings(options: PlanOptions, target: string): Promise<Config> {
  const { config } = await readConfig(options.directory, { target });
  const { revision = config.revision, compression = config.compression, version } = options;
  return {
    ...config,
    revision,
    compression,
    ...(version === undefined ? {} : { debianVersion: version.debian }),
  };
}
