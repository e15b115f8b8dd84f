import { join, resolve } from "node:path";
import type { BuildOptions, BuildReport, PlanOptions } from "./build-types.ts";
import { readConfig } from "./config/read.ts";
import type { Config } from "./config/types.ts";
import { writeDeb } from "./deb/write.ts";
import { checkAwaitedTriggers } from "./dependencies/awaited-triggers.ts";
import { resolveLibraries } from "./dependencies/libraries.ts";
import { renderDocuments } from "./documents/documents.ts";
import { mkdir } from "./effects/fs.ts";
import { withTempDir } from "./effects/temp-dir.ts";
import { readToolVersion } from "./effects/tool-version.ts";
import { buildEnvironment } from "./environment/build.ts";
import { readProjectMetadata } from "./environment/metadata.ts";
import { detectRelease, detectTarget } from "./environment/target.ts";
import { cutEnvironment, joinLayers } from "./layers/cut.ts";
import { assembleControlFields, packageArchitecture, packageFileName } from "./package/control-fields.ts";
import { explainAllRelations } from "./package/explained-relations.ts";
import { assemblePlan } from "./plan/assemble.ts";
import { NO_INTERPRETER } from "./plan/no-environment.ts";
import type { PackagePlan } from "./plan/types.ts";
import { checkBuildDepends } from "./project/build-depends.ts";
import { detectProject } from "./project/detect.ts";
import { planRequirements } from "./project/requirements.ts";
import { readScripts } from "./project/scripts.ts";
import { resolveShippedFiles } from "./project/shipped-files.ts";
import { readTemplates } from "./project/templates.ts";
import { projectTimestamp } from "./project/timestamp.ts";
import { checkMaintainerScripts } from "./system/check-scripts.ts";
import { renderSystem } from "./system/system.ts";
import { readPrevious } from "./versions/previous.ts";
import { fetchPublished, parsePublishedSuite } from "./versions/published.ts";

/**
 * What would be built, without building it: only a project that leaves its metadata to its build backend is built.
 * @throws VenvdebError CONFIG_*, PROJECT_*, LOCK_*, PLAN_*, TARGET_*, PYTHON_*
 */
export async function planPackage(options: PlanOptions): Promise<PackagePlan> {
  return await withTempDir(async (scratch) => (await prepare(options, scratch)).plan);
}

/**
 * Builds one project into one package in `options.output`.
 * @throws VenvdebError of any stage; then nothing is left in the output folder
 */
export async function buildPackage(options: BuildOptions): Promise<BuildReport> {
  return await withTempDir(async (scratch) => {
    const { plan, projectWheel } = await prepare(options, scratch);
    const root = join(scratch, "root");
    const environment = await buildEnvironment(plan, { ...options, root, ...projectWheel });
    const libraries = await resolveLibraries(plan, environment, options.reporter);
    const architecture = packageArchitecture(plan, libraries.objects);
    const layers = cutEnvironment(plan, environment);
    const files = environment.distributions.flatMap((distribution) => distribution.files);
    const packed = layers.flatMap(({ entries }) => entries);
    const system = renderSystem(plan, { ...libraries, files, environment: packed });
    await checkMaintainerScripts(plan, system);
    const relations = explainAllRelations(plan, libraries.relations, system.relations);
    checkAwaitedTriggers(plan, relations);
    const tool = { name: "venvdeb", version: readToolVersion() };
    const told = { relations, migrations: system.migrations };
    const documents = renderDocuments({ plan, environment, ...told, layers, architecture, tool });
    const contents = {
      control: assembleControlFields(plan, architecture, relations, system.relations),
      controlFiles: system.controlFiles,
      layers: joinLayers(plan, layers, [...system.entries, ...documents]),
      compression: plan.compression,
      timestamp: plan.timestamp,
    };
    await mkdir(options.output, { recursive: true });
    const path = join(options.output, packageFileName(plan, architecture));
    const built = await options.reporter.step("Write the package", async (progress) =>
      writeDeb(contents, path, { jobs: options.jobs, temporaryDirectory: scratch, progress }),
    );
    const { name, version } = plan.package;
    return { ...built, package: { name, version, architecture } };
  });
}

/** Reads everything that the plan is made of. A wheel that had to be built for its metadata is handed on. */
async function prepare(
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
  const previousPath = await findPrevious(options, plan, scratch);
  if (previousPath === undefined) return { plan, projectWheel };
  const previous = await readPrevious(previousPath, plan.package, reporter);
  return { plan: { ...plan, previous }, projectWheel };
}

async function findPrevious(
  { previous, host, reporter }: PlanOptions,
  { package: { name, version }, target: { architecture } }: PackagePlan,
  folder: string,
): Promise<string | undefined> {
  if (previous === undefined) return undefined;
  const published = parsePublishedSuite(previous);
  if (published === undefined) return resolve(host.cwd, previous);
  const found = await fetchPublished(published, { name, version, architecture }, { folder, host });
  if (found === undefined)
    reporter.info(`No ${name} before ${version} is in ${previous}: nothing to migrate`);
  return found;
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
