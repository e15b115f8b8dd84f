import {
  compareReleases,
  compareVersions,
  parseVersion,
  renderVersion,
  type Pep440Version,
} from "./pep440.ts";

/** One clause of a version specifier (PEP 440). */
export interface SpecifierClause {
  readonly operator: string;
  /** As written, without the `.*`. */
  readonly version: string;
  /** Whether `.*` follows. */
  readonly prefix: boolean;
}

/** Cuts `>=1.0, <2` into its clauses; undefined when one of them is not valid. An empty specifier has none. */
export function parseSpecifier(text: string): readonly SpecifierClause[] | undefined {
  const clauses = text
    .split(",")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "")
    .map(parseClause);
  return clauses.every((clause) => clause !== undefined) ? clauses : undefined;
}

function parseClause(text: string): SpecifierClause | undefined {
  const [, operator = "", written = ""] = /^(===|==|~=|!=|<=|>=|<|>)\s*(\S+)$/.exec(text) ?? [];
  if (operator === "") return undefined;
  if (operator === "===") return { operator, version: written, prefix: false };
  const prefix = written.endsWith(".*");
  const version = prefix ? written.slice(0, -2) : written;
  const parsed = parseVersion(version);
  if (!parsed || !isAllowed(operator, parsed, prefix)) return undefined;
  return { operator, version, prefix };
}

function isAllowed(operator: string, version: Pep440Version, prefix: boolean): boolean {
  const equality = operator === "==" || operator === "!=";
  const { pre, post, dev, local, release } = version;
  if (prefix && (!equality || pre || post !== undefined || dev !== undefined)) return false;
  if (local.length > 0 && (!equality || prefix)) return false;
  return operator !== "~=" || release.length > 1;
}

/**
 * Whether a version is in the set of a specifier (PEP 440), pre-releases being as good as any other.
 * A specifier that is not valid has no members; a version that is not valid is in none but its own `===`.
 */
export function satisfies(version: string, specifier: string): boolean {
  const clauses = parseSpecifier(specifier);
  return clauses !== undefined && clauses.every((clause) => satisfiesClause(version, clause));
}

/** Whether a version is in the set of one clause. */
export function satisfiesClause(version: string, clause: SpecifierClause): boolean {
  const candidate = parseVersion(version);
  if (clause.operator === "===")
    return (candidate ? renderVersion(candidate) : version.toLowerCase()) === clause.version.toLowerCase();
  const bound = parseVersion(clause.version);
  if (!candidate || !bound) return false;
  if (clause.prefix) return hasPrefix(candidate, bound, bound.release.length) === (clause.operator === "==");
  return comparesAs(clause.operator, candidate, bound);
}

function comparesAs(operator: string, candidate: Pep440Version, bound: Pep440Version): boolean {
  const order = compareVersions(bound.local.length > 0 ? candidate : { ...candidate, local: [] }, bound);
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case "<":
      return order < 0 && !(isPreRelease(candidate) && !isPreRelease(bound) && sameRelease(candidate, bound));
    case ">":
      return (
        order > 0 &&
        !(candidate.post !== undefined && bound.post === undefined && sameRelease(candidate, bound))
      );
    default:
      return order >= 0 && hasPrefix(candidate, bound, bound.release.length - 1);
  }
}

function isPreRelease(version: Pep440Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}

function sameRelease(left: Pep440Version, right: Pep440Version): boolean {
  return left.epoch === right.epoch && compareReleases(left.release, right.release) === 0;
}

function hasPrefix(candidate: Pep440Version, bound: Pep440Version, length: number): boolean {
  if (candidate.epoch !== bound.epoch) return false;
  return bound.release
    .slice(0, length)
    .every((number, index) => (candidate.release[index] ?? "0") === number);
}
