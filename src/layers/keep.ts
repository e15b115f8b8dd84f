import type { Store } from "../cache/store.ts";
import type { Layer, PackageEntry, PackedTar, StoredEntry, SymlinkEntry } from "../deb/entry.ts";
import type { ObjectFacts } from "../dependencies/types.ts";
import { readLicenseTexts } from "../documents/documents.ts";
import type { BuiltEnvironment, InstalledDistribution, KeptLayer } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import { layerId } from "./cut.ts";

/** A finished build, and what it found out. */
export interface FinishedBuild {
  readonly plan: PackagePlan;
  readonly environment: BuiltEnvironment;
  readonly layers: readonly Layer[];
  readonly objects: readonly ObjectFacts[];
  /** The tars of the layers by their ids. */
  readonly packed: ReadonlyMap<string, PackedTar>;
}

/** Keeps for the next build what this one has found out about distributions that it had to make. */
export async function keepLayers(build: FinishedBuild, store: Store): Promise<void> {
  const layers = new Map(build.layers.map((layer) => [layer.id, layer]));
  const objects = groupObjects(build.objects);
  for (const distribution of build.environment.distributions) {
    const id = layerId(distribution);
    const [layer, packed] = [layers.get(id), build.packed.get(id)];
    if (distribution.layerKey === undefined || distribution.kept || !layer || !packed) continue;
    const facts = { entries: layer.entries.flatMap(storedEntry), packed };
    const own = objects.get(distribution.name) ?? [];
    await store.writeNote(
      "layer",
      distribution.layerKey,
      describe(build, distribution, { ...facts, objects: own }),
    );
  }
}

function groupObjects(objects: readonly ObjectFacts[]): ReadonlyMap<string, readonly ObjectFacts[]> {
  const groups = new Map<string, ObjectFacts[]>();
  for (const one of objects) {
    const group = groups.get(one.distribution ?? "");
    if (group) group.push(one);
    else groups.set(one.distribution ?? "", [one]);
  }
  return groups;
}

function describe(
  { plan, environment }: FinishedBuild,
  distribution: InstalledDistribution,
  facts: Pick<KeptLayer, "entries" | "packed" | "objects">,
): KeptLayer {
  const { layerKey: _key, kept: _kept, ...described } = distribution;
  const licenseTexts = readLicenseTexts(plan, environment.root, distribution);
  return { ...facts, distribution: described, licenseTexts };
}

function storedEntry(entry: PackageEntry): (StoredEntry | SymlinkEntry)[] {
  if (entry.kind === "symlink") return [entry];
  if (entry.kind !== "file") return [];
  const { path, mode, size } = entry;
  return [{ kind: "stored", path, mode, size }];
}
