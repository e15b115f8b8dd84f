import { join } from "node:path";
import type { BuildOptions, BuildReport, PlanOptions } from "./build-types.ts";
import { storeFolder, storeLimit } from "./cache/limit.ts";
import { withRepair } from "./cache/repair.ts";
import { openStore, type Store } from "./cache/store.ts";
import { trimStore } from "./cache/survey.ts";
import { writeDeb } from "./deb/write.ts";
import { checkAwaitedTriggers } from "./dependencies/awaited-triggers.ts";
import { resolveLibraries } from "./dependencies/libraries.ts";
import { renderDocuments } from "./documents/documents.ts";
import { mkdir } from "./effects/fs.ts";
import { withTempDir } from "./effects/temp-dir.ts";
import { readToolVersion } from "./effects/tool-version.ts";
import { buildEnvironment } from "./environment/build.ts";
import { resolveRequirements, type ResolvedRequirements } from "./environment/resolve.ts";
import { cutEnvironment, joinLayers } from "./layers/cut.ts";
import { keepLayers } from "./layers/keep.ts";
import { assembleControlFields, packageArchitecture, packageFileName } from "./package/control-fields.ts";
import { explainAllRelations } from "./package/explained-relations.ts";
import type { PackagePlan } from "./plan/types.ts";
import { preparePlan } from "./prepare.ts";
import { checkMaintainerScripts } from "./system/check-scripts.ts";
import { renderSystem } from "./system/system.ts";
import { digestInputs } from "./unchanged/inputs.ts";
import { findUnchanged, rememberBuild } from "./unchanged/remember.ts";

/**
 * What would be built, without building it: only a project that leaves its metadata to its build backend is built.
 * @throws VenvdebError CONFIG_*, PROJECT_*, LOCK_*, PLAN_*, TARGET_*, PYTHON_*
 */
export async function planPackage(options: PlanOptions): Promise<PackagePlan> {
  return await withTempDir(async (scratch) => (await preparePlan(options, scratch)).plan);
}

/**
 * Builds one project into one package in `options.output`. What earlier builds have kept is used as far as it goes;
 * the package is the same without.
 * @throws VenvdebError of any stage; then nothing is left in the output folder
 */
export async function buildPackage(options: BuildOptions): Promise<BuildReport> {
  const { host, reporter, noCache = false } = options;
  const folder = storeFolder(host);
  const limit = storeLimit(host);
  const store = noCache ? undefined : await openStore(folder, reporter);
  return await withTempDir(async (scratch) => {
    const { plan, projectWheel } = await preparePlan(options, scratch);
    const resolved = plan.hasEnvironment ? await resolveRequirements(plan, options) : undefined;
    const making = { ...options, ...projectWheel, scratch, ...(resolved ? { resolved } : {}) };
    if (!store) return (await makePackage(plan, making)).report;
    const digest = await digestInputs(plan, { host, ...projectWheel, ...(resolved ? { resolved } : {}) });
    const inputs = digest === undefined ? undefined : { store, digest, installer: resolved?.installer };
    const unchanged = inputs && (await findUnchanged(inputs, options.output));
    if (unchanged) reporter.info(`Unchanged: ${unchanged.path}`);
    if (unchanged) return unchanged;
    const { report, further } = await withRepair(store, reporter, async (kept) =>
      makePackage(plan, { ...making, ...(kept ? { store: kept } : {}) }),
    );
    if (inputs) await rememberBuild(inputs, report, further);
    // Where nothing can be removed nothing could be kept either, which is told already; the package is there.
    await trimStore(folder, limit, Date.now()).catch(() => undefined);
    return report;
  });
}

interface MakeOptions extends BuildOptions {
  readonly scratch: string;
  readonly projectWheel?: string;
  readonly resolved?: ResolvedRequirements;
  readonly store?: Store;
}

/** The stages in their order. */
async function makePackage(
  plan: PackagePlan,
  options: MakeOptions,
): Promise<{ readonly report: BuildReport; readonly further: readonly string[] }> {
  const { scratch, store, jobs, reporter } = options;
  const root = join(scratch, "root");
  const environment = await buildEnvironment(plan, { ...options, root, isFresh: options.noCache === true });
  const libraries = await resolveLibraries(plan, environment, reporter);
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
  const { packed: tars, ...built } = await reporter.step("Write the package", async (progress) =>
    writeDeb(contents, path, { jobs, temporaryDirectory: scratch, progress, ...(store ? { store } : {}) }),
  );
  if (store) await keepLayers({ plan, environment, layers, objects: libraries.objects, packed: tars }, store);
  const { name, version } = plan.package;
  const report = { ...built, package: { name, version, architecture } };
  return { report, further: environment.further ?? [] };
}
