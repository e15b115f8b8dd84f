import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import type { DebContents } from "../../src/deb/types.ts";
import { writeDeb } from "../../src/deb/write.ts";
import { joinLayers } from "../../src/layers/cut.ts";
import { assembleControlFields } from "../../src/package/control-fields.ts";
import { renderManifest } from "../../src/documents/manifest-render.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { Migration } from "../../src/plan/previous-types.ts";
import { renderSystem } from "../../src/system/system.ts";
import { dataEntry, linkEntry } from "./deb-contents.ts";

/** Writes the package of a plan into a folder: an environment of a few files, and all that renderSystem gives. */
export async function writeSystemDeb(
  plan: PackagePlan,
  folder: string,
  environment: readonly PackageEntry[] = tinyEnvironment(plan),
): Promise<string> {
  const system = renderSystem(plan, { libraries: [], objects: [], environment });
  const depends = [...plan.relations.depends, ...(system.relations.depends ?? [])];
  const control = assembleControlFields(
    plan,
    "all",
    depends.map((relation) => ({ relation, field: "Depends", reasons: [] })),
    system.relations,
  );
  const path = join(folder, `${plan.package.name}_${plan.package.version}_all.deb`);
  const layers = joinLayers(
    plan,
    [{ id: "environment", mtime: plan.timestamp, entries: environment }],
    [...system.entries, manifest(plan, environment, system.migrations)],
  );
  const contents: DebContents = {
    control,
    controlFiles: system.controlFiles,
    layers,
    compression: "none",
    timestamp: plan.timestamp,
  };
  await writeDeb(contents, path, { jobs: 1, temporaryDirectory: folder });
  return path;
}

/** What the next package reads of this one. */
function manifest(
  plan: PackagePlan,
  entries: readonly PackageEntry[],
  migrations: readonly Migration[],
): PackageEntry {
  const layers = [{ id: "environment", mtime: 0, entries }];
  const tool = { name: "venvdeb", version: "0" };
  const rest = { architecture: "all", distributions: [], relations: [] };
  return dataEntry(
    `usr/share/doc/${plan.package.name}/venvdeb.json`,
    renderManifest({ plan, tool, layers, migrations, ...rest }),
  );
}

/** The links to the interpreter, a module named after the version, one that stays, and their bytecode. */
export function tinyEnvironment({ environmentPath, package: { version } }: PackagePlan): PackageEntry[] {
  const base = environmentPath.slice(1);
  const packages = `${base}/lib/python3.11/site-packages`;
  const only = `only_${version.replaceAll(/\W/g, "_")}`;
  return [
    linkEntry(`${base}/bin/python3.11`, "/usr/bin/python3.11"),
    linkEntry(`${base}/bin/python`, "python3.11"),
    dataEntry(`${base}/pyvenv.cfg`, "home = /usr/bin\n"),
    ...["hello", only].flatMap((name) => [
      dataEntry(`${packages}/${name}.py`, `version = "${version}"\n`),
      dataEntry(`${packages}/__pycache__/${name}.cpython-311.pyc`, `bytecode of ${version}`),
    ]),
  ];
}

/** A folder that is removed after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "venvdeb-system-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
