import type { ShlibsPolicy } from "../plan/types.ts";
import { isGlibcLibrary } from "./glibc.ts";
import { isDriverLibrary } from "./sonames.ts";
import { expandSearchPath, findByPath, type TreeLibraries } from "./tree-libraries.ts";
import type { CatalogLibrary, LibraryCatalog, ObjectFacts } from "./types.ts";
import { fitsWildcard } from "./wildcard.ts";

/** Where one NEEDED entry of one object leads. */
export type Link = { readonly object: ObjectFacts; readonly soname: string } & (
  | { readonly kind: "tree" }
  /** Another distribution has it, nothing says where, and the release has it not. */
  | { readonly kind: "neighbour"; readonly provider: ObjectFacts }
  | { readonly kind: "glibc" }
  | { readonly kind: "ignored"; readonly pattern: string }
  | { readonly kind: "driver" }
  | { readonly kind: "interpreter"; readonly minor: string }
  | { readonly kind: "library"; readonly library: CatalogLibrary }
  | { readonly kind: "unresolved"; readonly foundAt?: string }
);

export interface LinkWorld {
  readonly tree: TreeLibraries;
  readonly catalog: LibraryCatalog;
  readonly policy: ShlibsPolicy;
  readonly multiarch: string;
  /** `3.11` */
  readonly pythonMinor: string;
}

/**
 * Follows every NEEDED entry: to the tree by the object's own search path, to its own distribution by name (wheels
 * load their bundled libraries before), to the release, and at last to another distribution by name. A name alone is
 * no reason to prefer a neighbour to the release: nothing makes the neighbour load first.
 */
export function followLinks(object: ObjectFacts, world: LinkWorld): Link[] {
  const folders = expandSearchPath(object, world.multiarch);
  return object.needed.map((soname) => ({
    object,
    soname,
    ...(inTree(object, soname, folders, world) ??
      byName(soname, world) ??
      inRelease(object, soname, folders, world)),
  }));
}

type Destination = Link extends infer One
  ? One extends Link
    ? Omit<One, "object" | "soname">
    : never
  : never;

function inTree(
  object: ObjectFacts,
  soname: string,
  folders: readonly string[],
  { tree }: LinkWorld,
): Destination | undefined {
  const isOwn = (other: ObjectFacts) => other.distribution === object.distribution;
  const found = findByPath(tree, folders, soname) ?? tree.byName.get(soname)?.find(isOwn);
  return found === undefined ? undefined : { kind: "tree" };
}

/** What the name itself decides. */
function byName(soname: string, { policy }: LinkWorld): Destination | undefined {
  if (isGlibcLibrary(soname)) return { kind: "glibc" };
  const pattern = policy.ignore.find((one) => fitsWildcard(soname, one));
  if (pattern !== undefined) return { kind: "ignored", pattern };
  return isDriverLibrary(soname) ? { kind: "driver" } : undefined;
}

function inRelease(
  object: ObjectFacts,
  soname: string,
  folders: readonly string[],
  world: LinkWorld,
): Destination {
  const library = world.catalog.find(soname, { abi: object.abi, searchPath: folders });
  if (library?.package !== undefined) return { kind: "library", library };
  const minor = /^libpython(\d+\.\d+)\.so/.exec(soname)?.[1];
  if (minor !== undefined && minor === world.pythonMinor) return { kind: "interpreter", minor };
  const provider = world.tree.byName.get(soname)?.[0];
  if (provider !== undefined) return { kind: "neighbour", provider };
  return { kind: "unresolved", ...(library === undefined ? {} : { foundAt: library.path }) };
}
