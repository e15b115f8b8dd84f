import { join } from "node:path";
import type { BuildOptions, BuildReport } from "./build-types.ts";
import { writeDeb } from "./deb/write.ts";
import { checkAwaitedTriggers } from "./dependencies/awaited-triggers.ts";
import { resolveLibraries } from "./dependencies/libraries.ts";
import { renderDocuments } from "./documents/documents.ts";
import { mkdir } from "./effects/fs.ts";
import { withTempDir } from "./effects/temp-dir.ts";
import { readToolVersion } from "./effects/tool-version.ts";
import { buildEnvironment } from "./environment/build.ts";
import { cutEnvironment, joinLayers } from "./layers/cut.ts";
import { assembleControlFields, packageArchitecture, packageFileName } from "./package/control-fields.ts";
import { explainAllRelations } from "./package/explained-relations.ts";
import { preparePlan } from "./plan-package.ts";
import { checkMaintainerScripts } from "./system/check-scripts.ts";
import { renderSystem } from "./system/system.ts";

/**
 * Builds one project into one package in `options.output`.
 * @throws VenvdebError of any stage; then nothing is left in the output folder
 */
export async function buildPackage(options: BuildOptions): Promise<BuildReport> {
  return await withTempDir(async (scratch) => {
    const { plan, projectWheel } = await preparePlan(options, scratch);
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
