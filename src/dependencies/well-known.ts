import { basename } from "node:path";
import { parseRelation } from "../deb/relations.ts";
import { once, readDataFile } from "./data-file.ts";
import { packageNameIn } from "./sonames.ts";
import { fitsWildcard } from "./wildcard.ts";

/** What a distribution needs and no ELF object says. */
export interface Advice {
  /** Normalised by PEP 503. */
  readonly distribution: string;
  /** Relations to add to `depends`, by the release's names. */
  readonly relations: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** An installed distribution; without `files`, what it bundles is not known. */
export interface AdvisedDistribution {
  /** Normalised by PEP 503. */
  readonly name: string;
  readonly version: string;
  readonly files?: readonly string[];
}

/** data/well-known.json: by normalised name. */
interface WellKnown {
  /** Relations by the names of Debian 12, all needed. */
  readonly packages: readonly string[];
  /** Libraries that it opens by name, or modules of the system's Python. */
  readonly loads?: string;
  /** Programs that it starts. */
  readonly runs?: string;
  /** File names; with one of them it has what it needs. */
  readonly unlessBundled?: readonly string[];
  /** Distributions that bring what it needs. */
  readonly unlessWith?: readonly string[];
  /** Other Debian packages that will do. */
  readonly satisfiedBy?: readonly string[];
}

/**
 * Warnings for distributions that are known to need a program or a library that they load by name. `declaredDepends`
 * are the relations there are, declared and derived; what they name is not advised.
 * @throws VenvdebError DEPENDS_BAD_RELATION for one that is none
 */
export function wellKnownAdvice(
  distributions: readonly AdvisedDistribution[],
  declaredDepends: readonly string[],
  codename: string,
): Advice[] {
  const declared = new Set(declaredDepends.flatMap(packageNames));
  const present = new Set(distributions.map(({ name }) => name));
  return distributions.flatMap((distribution) => {
    const known = Object.hasOwn(wellKnown(), distribution.name) ? wellKnown()[distribution.name] : undefined;
    if (known === undefined || hasItsOwn(distribution, known, present)) return [];
    if (
      (known.satisfiedBy ?? []).some((pattern) => [...declared].some((name) => fitsWildcard(name, pattern)))
    )
      return [];
    const relations = known.packages.map((relation) => nameIn(relation, codename));
    const missing = relations.filter(
      (relation) => !packageNames(relation).some((name) => declared.has(name)),
    );
    return missing.length === 0 ? [] : [advise(distribution.name, known, missing)];
  });
}

function packageNames(relations: string): string[] {
  return relations.split(",").flatMap((relation) => parseRelation(relation).map(({ name }) => name));
}

function hasItsOwn(
  { files }: AdvisedDistribution,
  { unlessBundled = [], unlessWith = [] }: WellKnown,
  present: ReadonlySet<string>,
): boolean {
  if (unlessWith.some((name) => present.has(name))) return true;
  if (unlessBundled.length === 0) return false;
  return (
    files === undefined ||
    files.some((file) => unlessBundled.some((pattern) => fitsWildcard(basename(file), pattern)))
  );
}

function nameIn(relation: string, codename: string): string {
  return relation
    .split(" | ")
    .map((name) => packageNameIn(name, codename))
    .join(" | ");
}

function advise(distribution: string, known: WellKnown, relations: readonly string[]): Advice {
  const list = relations.map((relation) => JSON.stringify(relation)).join(", ");
  const need = known.runs === undefined ? `loads ${known.loads ?? ""}` : `runs ${known.runs}`;
  return {
    distribution,
    relations,
    message: `${distribution} ${need}, which no dependency of the package brings`,
    hint: `add to [tool.venvdeb]: depends = [${list}]`,
  };
}

const wellKnown = once((): Readonly<Record<string, WellKnown>> =>
  JSON.parse(readDataFile("data/well-known.json")),
);
