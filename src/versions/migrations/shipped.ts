import { directoriesFor, isConffile } from "../../deb/entries.ts";
import type { PackageEntry } from "../../deb/entry.ts";
import type { PackagePlan } from "../../plan/types.ts";
import type { PreviousPackage } from "../../plan/previous-types.ts";

/** What stands at a path of a package. */
export type Kind = "file" | "conffile" | "directory" | "symlink" | "device";

export interface Shipped {
  readonly kind: Kind;
  /** Of symlinks. */
  readonly target?: string;
  readonly entry?: PackageEntry;
}

/** What the new package ships, by path relative to the root, folders included. */
export function shippedNow({ package: { name } }: PackagePlan, entries: readonly PackageEntry[]) {
  const files = entries.map((entry): [string, Shipped] => [entry.path, describe(entry)]);
  // The documents come later; all of them are files in this folder.
  const paths = [...entries.map(({ path }) => path), `usr/share/doc/${name}/copyright`];
  const folders = directoriesFor(paths).map((path): [string, Shipped] => [path, { kind: "directory" }]);
  return new Map([...folders, ...files]);
}

/** What the previous package shipped. */
export function shippedBefore(previous: PreviousPackage): ReadonlyMap<string, Shipped> {
  const kinds = (paths: readonly string[], kind: Kind) =>
    paths.map((path): [string, Shipped] => [path, { kind }]);
  return new Map([
    ...kinds(previous.files, "file"),
    ...kinds(previous.directories, "directory"),
    ...kinds(previous.devices, "device"),
    ...kinds(Object.keys(previous.conffiles), "conffile"),
    ...Object.entries(previous.symlinks).map(([path, target]): [string, Shipped] => [
      path,
      { kind: "symlink", target },
    ]),
  ]);
}

function describe(entry: PackageEntry): Shipped {
  if (entry.kind === "symlink") return { kind: "symlink", target: entry.target };
  if (entry.kind === "directory") return { kind: "directory" };
  return { kind: isConffile(entry) ? "conffile" : "file", entry };
}
