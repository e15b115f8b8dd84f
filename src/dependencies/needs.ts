import { compareDebianVersions, isDebianVersion } from "../deb/version.ts";
import { packageNameIn } from "./sonames.ts";
import type { Link } from "./links.ts";
import type { CatalogLibrary, LibrarySymbols, ObjectFacts } from "./types.ts";

/** What one object asks of one dependency template. */
export interface Need {
  /** One clause with or without `#MINVER#`: `libpq5 #MINVER#`. */
  readonly template: string;
  /** Debian version that the placeholder stands for; absent: any. */
  readonly minimum?: string;
  readonly object: ObjectFacts;
  /** SONAME */
  readonly library: string;
  readonly detail: string;
}

/** A link to a library of a package. */
type LibraryLink = Extract<Link, { kind: "library" }>;

export interface NeedOptions {
  readonly codename: string;
  /** Relations of the build, for `Build-Depends-Package` of symbols files: a -dev package to its required version. */
  readonly buildMinimums: ReadonlyMap<string, string>;
}

/**
 * What an object asks of the release's libraries but glibc: the algorithm of dpkg-shlibdeps(1). A library starts at
 * the smallest version of its symbols file, each symbol the object takes from it raises that, and what the build
 * required of the -dev package raises it again; a library without symbols file asks what its shlibs say.
 */
export function findNeeds(object: ObjectFacts, links: readonly Link[], options: NeedOptions): Need[] {
  const libraries = links.filter((link): link is LibraryLink => link.kind === "library");
  const minimums = libraries.map(startMinimum);
  for (const symbol of object.symbols) raiseBySymbol(symbol, libraries, minimums);
  const needs = libraries.flatMap((link, index) => libraryNeeds(link, minimums[index], options));
  return [...needs, ...links.flatMap((link) => interpreterNeed(link, options.codename))];
}

/** Minimal versions by template index, with the symbol that asked for it. */
type Minimums = Map<number, { readonly version: string; readonly symbol?: string }>;

function startMinimum({ library }: LibraryLink): Minimums {
  const { symbols } = library;
  return symbols === undefined ? new Map() : new Map([[0, { version: symbols.smallestVersion ?? "0" }]]);
}

function raiseBySymbol(symbol: string, links: readonly LibraryLink[], minimums: readonly Minimums[]): void {
  for (const [index, { library }] of links.entries()) {
    const need = library.symbols?.lookup(symbol);
    const known = minimums[index];
    if (need === undefined || known === undefined) continue;
    const before = known.get(need.template);
    if (before === undefined || isNewer(need.minimalVersion, before.version))
      known.set(need.template, { version: need.minimalVersion, symbol });
    return;
  }
}

function libraryNeeds(link: LibraryLink, minimums: Minimums | undefined, options: NeedOptions): Need[] {
  const { library, object, soname } = link;
  const need = (template: string, detail: string, minimum?: string) => {
    const bound = minimum === undefined || minimum === "0" ? {} : { minimum };
    const shared = { ...bound, object, library: soname, detail };
    return splitTemplate(template).map((clause) => Object.assign({ template: clause }, shared));
  };
  if (library.symbols === undefined) {
    const detail =
      library.shlibs === undefined ? "loads it, and its package declares no version" : "loads it";
    return need(library.shlibs ?? library.package ?? "", detail);
  }
  return [...(minimums ?? [])].flatMap(([index, { version, symbol }]) => {
    const built = builtMinimum(library.symbols, options);
    const raised = built !== undefined && isNewer(built, version);
    const detail = raised ? `was built against ${built}` : symbolDetail(library, version, symbol);
    return need(library.symbols?.templates[index] ?? "", detail, raised ? built : version);
  });
}

function symbolDetail(library: CatalogLibrary, version: string, symbol: string | undefined): string {
  if (symbol === undefined) return version === "0" ? "loads it" : `loads it, there since ${version}`;
  const since = version === "0" ? "" : `, there since ${version}`;
  return `takes ${symbol.replace(/@Base$/, "")} from it${since}`;
}

/** The clauses of a dependency template, each bounded for itself. */
export function splitTemplate(template: string): string[] {
  return template
    .split(",")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");
}

function builtMinimum(symbols: LibrarySymbols | undefined, options: NeedOptions): string | undefined {
  const versions = (symbols?.buildDependsPackages ?? []).flatMap(
    (name) => options.buildMinimums.get(name) ?? [],
  );
  return versions.toSorted(compareDebianVersions).at(-1);
}

/** The interpreter as a library: its package is there wherever the interpreter is, so none is asked for by version. */
function interpreterNeed(link: Link, codename: string): Need[] {
  if (link.kind !== "interpreter") return [];
  const template = packageNameIn(`libpython${link.minor}`, codename);
  return [{ template, object: link.object, library: link.soname, detail: "embeds the interpreter" }];
}

/** Versions of symbols files are not all Debian versions; one that is none raises nothing. */
export function isNewer(version: string, than: string): boolean {
  if (!isDebianVersion(version)) return false;
  return !isDebianVersion(than) || compareDebianVersions(version, than) > 0;
}
