import { compareBytes } from "../../deb/byte-order.ts";
import { groupBy } from "../../dependencies/group-by.ts";
import type { PackageContents, PackageObject } from "../contents.ts";
import type { FileChange, LayerChange } from "./types.ts";

/** Everything but folders that came, went or changed, by path; times are not looked at. */
export function diffFiles(old: PackageContents, current: PackageContents): FileChange[] {
  const before = membersOf(old);
  const after = membersOf(current);
  const oldLayers = layersOf(old);
  const newLayers = layersOf(current);
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareBytes);
  return paths.flatMap((path): FileChange[] => {
    const [left, right] = [before.get(path), after.get(path)];
    const at = { path: `/${path}`, layer: newLayers.get(path) ?? oldLayers.get(path) ?? "system" };
    if (left === undefined) return [{ ...at, change: "added" }];
    if (right === undefined) return [{ ...at, change: "removed" }];
    const what = differenceOf(left, right);
    return what === undefined ? [] : [{ ...at, change: "changed", what }];
  });
}

/** Layers with changes, the largest number of files first. */
export function diffLayers(
  files: readonly FileChange[],
  old: PackageContents,
  current: PackageContents,
): LayerChange[] {
  const layers = groupBy(files, ({ layer }) => layer);
  return [...layers]
    .map(([layer, changes]) => {
      const count = (wanted: string) => changes.filter(({ change }) => change === wanted).length;
      const sizes = changes.map(({ path }) => sizeOf(current, path) - sizeOf(old, path));
      return {
        layer,
        added: count("added"),
        removed: count("removed"),
        changed: count("changed"),
        sizeChange: sizes.reduce((sum, size) => sum + size, 0),
      };
    })
    .toSorted((a, b) => filesOf(b) - filesOf(a) || compareBytes(a.layer, b.layer));
}

function sizeOf({ objects }: PackageContents, path: string): number {
  return objects.get(path.slice(1))?.size ?? 0;
}

function filesOf({ added, removed, changed }: LayerChange): number {
  return added + removed + changed;
}

function membersOf({ objects }: PackageContents): ReadonlyMap<string, PackageObject> {
  return new Map([...objects].filter(([, { kind }]) => kind !== "directory"));
}

/**
 * The layer of each file: the archive holds the layers in the manifest's order, each with as many files as it says,
 * and at the end those beside the environment.
 */
function layersOf({ objects, manifest }: PackageContents): ReadonlyMap<string, string> {
  const members = [...objects].filter(([, { kind }]) => kind !== "directory").map(([path]) => path);
  const layers = new Map<string, string>();
  let start = 0;
  for (const { id, files } of manifest?.layers ?? []) {
    for (const path of members.slice(start, start + files)) layers.set(path, id.replace(/^dist:/, ""));
    start += files;
  }
  return layers;
}

function differenceOf(left: PackageObject, right: PackageObject): string | undefined {
  if (left.kind !== right.kind) return `${left.kind} to ${right.kind}`;
  if (left.kind === "symlink")
    return left.target === right.target ? undefined : `${left.target} to ${right.target}`;
  const differences = [
    left.sha256 === right.sha256 && left.size === right.size ? "" : "content",
    left.mode === right.mode ? "" : `mode ${octal(left.mode)} to ${octal(right.mode)}`,
    left.owner === right.owner ? "" : `owner ${left.owner} to ${right.owner}`,
  ].filter((difference) => difference !== "");
  return differences.length === 0 ? undefined : differences.join(", ");
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
