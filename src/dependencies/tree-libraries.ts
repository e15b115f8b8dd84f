import { posix } from "node:path";
import type { ObjectFacts } from "./types.ts";

/** The libraries of the tree, by every name under which the loader may find them. */
export interface TreeLibraries {
  readonly byPath: ReadonlyMap<string, ObjectFacts>;
  /** By SONAME and by file name. */
  readonly byName: ReadonlyMap<string, readonly ObjectFacts[]>;
}

/** Indexes the objects that can be loaded on the target. */
export function indexTree(objects: readonly ObjectFacts[]): TreeLibraries {
  const byName = new Map<string, ObjectFacts[]>();
  for (const object of objects)
    for (const name of new Set([object.soname, posix.basename(object.path)])) {
      if (name === undefined) continue;
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [object]);
      else known.push(object);
    }
  return { byPath: new Map(objects.map((object) => [object.path, object])), byName };
}

/**
 * The folders of an object's RUNPATH or RPATH, absolute on the machine (ld.so(8), "Rpath token expansion"). Relative
 * ones depend on where the program is started, and `$PLATFORM` on the processor: neither is a place to rely on.
 */
export function expandSearchPath(object: ObjectFacts, multiarch: string): string[] {
  const origin = posix.join("/", posix.dirname(object.path));
  return object.searchPath.flatMap((folder) => {
    const expanded = folder
      .replaceAll(/\$(?:ORIGIN|\{ORIGIN\})/g, () => origin)
      .replaceAll(/\$(?:LIB|\{LIB\})/g, () => `lib/${multiarch}`);
    return expanded.startsWith("/") && !expanded.includes("$") ? [posix.normalize(expanded)] : [];
  });
}

/** The object that a SONAME is found at in one of the folders, or at its own path. */
export function findByPath(
  tree: TreeLibraries,
  folders: readonly string[],
  soname: string,
): ObjectFacts | undefined {
  const paths = soname.startsWith("/") ? [soname] : folders.map((folder) => posix.join(folder, soname));
  for (const path of paths) {
    const object = tree.byPath.get(path.slice(1));
    if (object !== undefined) return object;
  }
  return undefined;
}
