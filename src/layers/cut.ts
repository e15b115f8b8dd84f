import { posix } from "node:path";
import { lstatSync, readlinkSync } from "../effects/fs.ts";
import type { Layer, PackageEntry } from "../deb/entry.ts";
import { directoriesFor } from "../deb/entries.ts";
import type { BuiltEnvironment, InstalledDistribution } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";

/**
 * Cuts a staged environment by the owners of its files: its skeleton, then one layer a distribution. A distribution's
 * layer has a time that depends on that distribution alone, so it stays the same when only the project changes.
 */
export function cutEnvironment(plan: PackagePlan, environment: BuiltEnvironment): Layer[] {
  if (!plan.hasEnvironment) return [];
  const scan = (files: readonly string[]) => scanFiles(environment.root, plan.environmentPath, files);
  return [
    { id: "environment", mtime: UNDATED, entries: scan(environment.skeleton) },
    ...environment.distributions.map((distribution) => cutDistribution(plan, distribution, scan)),
  ];
}

function cutDistribution(
  plan: PackagePlan,
  distribution: InstalledDistribution,
  scan: (files: readonly string[]) => PackageEntry[],
): Layer {
  const { kept, layerKey, files } = distribution;
  const id = layerId(distribution);
  const mtime = layerTime(plan, distribution);
  if (kept) return { id, mtime, entries: kept.entries, packed: kept.packed, isKept: true };
  return { id, mtime, entries: scan(files), ...(layerKey === undefined ? {} : { isKept: true }) };
}

/** All layers of the package in their order: every folder, the environment, the files beside it. */
export function joinLayers(
  plan: PackagePlan,
  environment: readonly Layer[],
  systemEntries: readonly PackageEntry[],
): Layer[] {
  const directories = systemEntries.filter(({ kind }) => kind === "directory");
  const files = systemEntries.filter(({ kind }) => kind !== "directory");
  const layers = [...environment, { id: "system", mtime: plan.timestamp, entries: files }];
  return [directoryLayer(plan, layers, directories), ...layers];
}

/**
 * Seconds since the epoch for files whose distribution gives no date of its own (2020-01-01). Not the epoch: a file
 * older than 1984 is taken for a mistake by lintian, and zip can't name one older than 1980.
 */
const UNDATED = 1_577_836_800;

/** The id of a distribution's layer. */
export function layerId(distribution: InstalledDistribution): string {
  return distribution.origin === "project" ? "project" : `dist:${distribution.name}`;
}

function layerTime(plan: PackagePlan, distribution: InstalledDistribution): number {
  return distribution.origin === "project" ? plan.timestamp : (distribution.uploadTime ?? UNDATED);
}

function directoryLayer(plan: PackagePlan, layers: readonly Layer[], given: readonly PackageEntry[]): Layer {
  const known = new Set(given.map(({ path }) => path));
  const paths = [...layers.flatMap(({ entries }) => entries), ...given].map(({ path }) => path);
  const parents = directoriesFor(paths)
    .filter((path) => !known.has(path))
    .map((path): PackageEntry => ({ kind: "directory", path, mode: 0o755 }));
  return { id: "directories", mtime: plan.timestamp, entries: [...given, ...parents] };
}

function scanFiles(root: string, environmentPath: string, files: readonly string[]): PackageEntry[] {
  const base = posix.join("/", environmentPath).slice(1);
  return files.map((file) => scanFile(posix.join(root, base, file), posix.join(base, file)));
}

function scanFile(source: string, path: string): PackageEntry {
  const stats = lstatSync(source);
  if (stats.isSymbolicLink()) return { kind: "symlink", path, mode: 0o777, target: readlinkSync(source) };
  return { kind: "file", path, source, size: stats.size, mode: stats.mode & 0o777 };
}
