import type { Layer, PackageEntry } from "../deb/entry.ts";
import type { ExplainedRelation } from "../dependencies/types.ts";
import type { InstalledDistribution } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { Migration } from "../plan/previous-types.ts";
import type { Manifest, ManifestLayer } from "./manifest.ts";
import { publishedDigest } from "./published-digest.ts";

export interface ManifestInput {
  readonly plan: PackagePlan;
  readonly architecture: string;
  readonly tool: Manifest["tool"];
  readonly layers: readonly Layer[];
  readonly distributions: readonly InstalledDistribution[];
  readonly relations: readonly ExplainedRelation[];
  readonly migrations?: readonly Migration[];
}

/** The manifest as JSON. It tells of the layers given, so not of the one that it lies in itself. */
export function renderManifest(input: ManifestInput): string {
  return `${JSON.stringify(assembleManifest(input), null, 2)}\n`;
}

function assembleManifest(input: ManifestInput): Manifest {
  const { plan, architecture, tool, layers, distributions, relations, migrations = [] } = input;
  const { distribution, codename, architecture: machine, python } = plan.target;
  const byLayer = new Map(
    distributions.map((item) => [item.origin === "project" ? "project" : `dist:${item.name}`, item]),
  );
  return {
    manifestVersion: 1,
    tool,
    package: { name: plan.package.name, version: plan.package.version, architecture },
    target: { distribution, codename, architecture: machine, python: python.minor },
    environmentPath: plan.environmentPath,
    layers: layers.map((layer) => describeLayer(layer, byLayer.get(layer.id))),
    relations,
    ...(migrations.length === 0 ? {} : { migrations }),
  };
}

function describeLayer(
  { id, mtime, entries }: Layer,
  owner: InstalledDistribution | undefined,
): ManifestLayer {
  const files = entries.filter(({ kind }) => kind !== "directory");
  return {
    id,
    mtime,
    files: files.length,
    installedBytes: files.reduce((sum, entry) => sum + bytesOf(entry), 0),
    ...(owner === undefined ? {} : { distribution: describeDistribution(owner) }),
  };
}

function describeDistribution(owner: InstalledDistribution): NonNullable<ManifestLayer["distribution"]> {
  const { name, version, origin, metadata } = owner;
  const sha256 = publishedDigest(owner);
  return {
    name,
    version,
    origin,
    ...(metadata.license === undefined ? {} : { license: metadata.license }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

function bytesOf(entry: PackageEntry): number {
  if (entry.kind === "file" || entry.kind === "stored") return entry.size;
  return entry.kind === "data" ? entry.data.length : 0;
}
