import { join } from "node:path";
import type { BuildOptions, BuildReport } from "./build-types.ts";
import type { Store } from "./cache/store.ts";
import { writeDeb } from "./deb/write.ts";
import { checkAwaitedTriggers } from "./dependencies/awaited-triggers.ts";
import { resolveLibraries } from "./dependencies/libraries.ts";
import { renderDocuments } from "./documents/documents.ts";
import { mkdir } from "./effects/fs.ts";
import { readToolVersion } from "./effects/tool-version.ts";
import { buildEnvironment } from "./environment/build.ts";
import type { KnownTools } from "./environment/kept-tools.ts";
import type { ResolvedRequirements } from "./environment/resolve.ts";
import { cutEnvironment, joinLayers } from "./layers/cut.ts";
import { keepLayers } from "./layers/keep.ts";
import { assembleControlFields, packageArchitecture, packageFileName } from "./package/control-fields.ts";
import { explainAllRelations } from "./package/explained-relations.ts";
import type { PackagePlan } from "./plan/types.ts";
import { checkMaintainerScripts } from "./system/check-scripts.ts";
import { renderSystem } from "./system/system.ts";

export interface MakeOptions extends BuildOptions {
  /** A private folder for what is made on the way. */
  readonly scratch: string;
  readonly projectWheel?: string;
  readonly resolved?: ResolvedRequirements;
  readonly store?: Store;
  readonly tools?: KnownTools;
}

export interface MadePackage {
  readonly report: BuildReport;
  /** What backends of folders asked for besides the requirements in their settings. */
  readonly further: readonly string[];
}

/**
 * The stages in their order.
 * @throws VenvdebError of any stage
 */
export async function makePackage(plan: PackagePlan, options: MakeOptions): Promise<MadePackage> {
  const { scratch, store, jobs, reporter } = options;
  const root = join(scratch, "root");
  const environment = await buildEnvironment(plan, { ...options, root, isFresh: options.noCache === true });
  const libraries = await resolveLibraries(plan, environment, options);
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
