import type { ShlibsPolicy, Target } from "../plan/types.ts";
import { compareBytes } from "../deb/byte-order.ts";
import { compareDebianVersions } from "../deb/version.ts";
import { parseRelation } from "../deb/relations.ts";
import { findLibcNeeds } from "./libc-needs.ts";
import { linkWarnings, unusedSettings } from "./link-warnings.ts";
import { followLinks, type Link } from "./links.ts";
import { selectLoadable } from "./loadable.ts";
import { mergeNeeds } from "./merge.ts";
import { refuseMissingVersions } from "./missing-versions.ts";
import { findNeeds } from "./needs.ts";
import { indexTree } from "./tree-libraries.ts";
import type { LibraryCatalog, ObjectFacts, ResolvedDependencies } from "./types.ts";
import { refuseUnresolved } from "./unresolved.ts";
import { fitsWildcard } from "./wildcard.ts";

export interface ResolveInput {
  /** Of the whole tree: bundled libraries are known from them. */
  readonly objects: readonly ObjectFacts[];
  readonly catalog: LibraryCatalog;
  readonly policy: ShlibsPolicy;
  readonly target: Target;
  /** Relations of the build, whose bounds on -dev packages raise those on their libraries (`Build-Depends-Package`). */
  readonly buildDepends?: readonly string[];
}

/**
 * The Debian relations that the objects of a tree need: dpkg-shlibdeps' answer, except that libraries inside the tree
 * are recognised wherever they are, and glibc is bound by what the objects ask for.
 * @throws VenvdebError DEPENDS_BAD_ELF, DEPENDS_WRONG_MACHINE, DEPENDS_UNRESOLVED, DEPENDS_TOO_NEW, DEPENDS_BAD_RELATION
 */
export function resolveDependencies(input: ResolveInput): ResolvedDependencies {
  const { catalog, policy, target } = input;
  const loadable = selectLoadable(input.objects, target.architecture, policy.ignore);
  const world = {
    tree: indexTree(loadable.objects),
    catalog,
    policy,
    multiarch: target.python.multiarch,
    pythonMinor: target.python.minor,
  };
  const linked = new Map(loadable.objects.map((object) => [object, followLinks(object, world)]));
  const links = [...linked.values()].flat();
  refuseUnresolved(links, target.codename);
  refuseMissingVersions(linked, catalog, target, (soname) =>
    policy.ignore.some((pattern) => fitsWildcard(soname, pattern)),
  );
  const options = { codename: target.codename, buildMinimums: readBuildMinimums(input.buildDepends ?? []) };
  const needs = [...linked].flatMap(([object, own]) =>
    findLibcNeeds(object, own, catalog).concat(findNeeds(object, own, options)),
  );
  return {
    relations: mergeNeeds(needs, policy.recommends),
    warnings: [
      ...loadable.warnings,
      ...linkWarnings(links),
      ...unusedSettings(policy, { links, objects: input.objects, usedPatterns: loadable.usedPatterns }),
    ],
    libraries: outsideLibraries(links, catalog),
  };
}

/** The highest lower bound on each package. */
function readBuildMinimums(relations: readonly string[]): Map<string, string> {
  const minimums = new Map<string, string>();
  for (const { name, version } of relations.flatMap((text) => text.split(",").flatMap(parseRelation))) {
    if (version === undefined || !version.operator.startsWith(">")) continue;
    const known = minimums.get(name);
    if (known === undefined || compareDebianVersions(version.version, known) > 0)
      minimums.set(name, version.version);
  }
  return minimums;
}

/** glibc stands for all of its libraries: they come in one package. */
function outsideLibraries(links: readonly Link[], catalog: LibraryCatalog): string[] {
  const paths = links.flatMap((link) => {
    if (link.kind === "library") return [link.library.path];
    if (link.kind !== "glibc") return [];
    return catalog.find("libc.so.6", { abi: link.object.abi, searchPath: [] })?.path ?? [];
  });
  const spellings = [...new Set(paths)].flatMap((path) =>
    path.startsWith("/lib") ? [path, `/usr${path}`] : [path],
  );
  return [...new Set(spellings)].toSorted(compareBytes);
}
