import { VenvdebError } from "../errors.ts";
import { compareBytes } from "./byte-order.ts";
import { compareDebianVersions, isDebianVersion } from "./version.ts";

/** One clause of Depends and its kin: any of its alternatives will do (Policy 7.1). */
export type Relation = readonly Alternative[];

export interface Alternative {
  readonly name: string;
  /** `any`, `native` or an architecture, from `python3:any`. */
  readonly qualifier?: string;
  readonly version?: { readonly operator: Operator; readonly version: string };
}

export type Operator = "<<" | "<=" | "=" | ">=" | ">>";

/**
 * Reads one relation: `libssl3t64 (>= 3.0) | libssl3:any`. Restrictions for architectures or build profiles belong to
 * source packages and are refused.
 * @throws VenvdebError DEPENDS_BAD_RELATION
 */
export function parseRelation(text: string): Relation {
  return text.split("|").map((alternative) => parseAlternative(alternative.trim(), text));
}

/** The usual spelling: `name:qualifier (>= version) | other`. */
export function formatRelation(relation: Relation): string {
  return relation.map(formatAlternative).join(" | ");
}

/**
 * Joins the relations of one Depends-like field: each string may hold several divided by commas. A relation that
 * another one implies is dropped, so of several `>=` bounds on one package the strictest stays. Sorted by bytes, so
 * the order of the input leaves no trace. Not for Breaks, Conflicts, Replaces or Provides, where `foo` says more than
 * `foo (>= 1)`.
 * @throws VenvdebError DEPENDS_BAD_RELATION
 */
export function mergeRelations(relations: readonly string[]): string[] {
  const parsed = relations
    .flatMap((text) => text.split(","))
    .filter((text) => text.trim() !== "")
    .map(parseRelation);
  const unique = new Map(parsed.map((relation) => [formatRelation(relation), relation]));
  const sorted = [...unique].toSorted(([a], [b]) => compareBytes(a, b));
  return sorted.filter(([, relation], index) => !isImplied(relation, index, sorted)).map(([text]) => text);
}

const NAME = /^[a-z0-9][a-z0-9+.-]+$/;
const QUALIFIER = /^[a-z0-9][a-z0-9-]*$/;
const ALTERNATIVE = /^([^\s:()[\]<>]+)(?::([^\s()[\]<>]+))?(?:\s*\(\s*(<<|<=|=|>=|>>)\s*([^\s()]+)\s*\))?$/;

function parseAlternative(text: string, whole: string): Alternative {
  if (/[[<][^<>=]*[\]>]$/.test(text))
    throw badRelation(whole, "restrictions in [] or <> belong to source packages");
  const [match, name, qualifier, operator, version] = ALTERNATIVE.exec(text) ?? [];
  if (match === undefined || name === undefined)
    throw badRelation(whole, text === "" ? "an alternative is empty" : `"${text}" is not a relation`);
  if (!NAME.test(name) || name.length > 255) throw badRelation(whole, `"${name}" is no package name`);
  if (qualifier !== undefined && !QUALIFIER.test(qualifier))
    throw badRelation(whole, `"${qualifier}" is no architecture`);
  if (version !== undefined && !isDebianVersion(version))
    throw badRelation(whole, `"${version}" is no Debian version`);
  return {
    name,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(isOperator(operator) && version !== undefined ? { version: { operator, version } } : {}),
  };
}

function isOperator(text: string | undefined): text is Operator {
  return text !== undefined && /^(?:<<|<=|=|>=|>>)$/.test(text);
}

function badRelation(text: string, problem: string): VenvdebError {
  return new VenvdebError(
    "DEPENDS_BAD_RELATION",
    `Cannot read the relation "${text.slice(0, 200)}": ${problem} (wanted: "name", "name (>= 1.2)" or "name (>= 1.2) | other")`,
  );
}

function formatAlternative({ name, qualifier, version }: Alternative): string {
  const bound = version === undefined ? "" : ` (${version.operator} ${version.version})`;
  return `${name}${qualifier === undefined ? "" : `:${qualifier}`}${bound}`;
}

/** Of two that imply each other (`a | b`, `b | a`) the first stays. */
function isImplied(
  relation: Relation,
  index: number,
  all: readonly (readonly [string, Relation])[],
): boolean {
  return all.some(
    ([, other], otherIndex) =>
      otherIndex !== index && implies(other, relation) && (otherIndex < index || !implies(relation, other)),
  );
}

function implies(strong: Relation, weak: Relation): boolean {
  return strong.every((alternative) => weak.some((candidate) => alternativeImplies(alternative, candidate)));
}

function alternativeImplies(strong: Alternative, weak: Alternative): boolean {
  if (strong.name !== weak.name || strong.qualifier !== weak.qualifier) return false;
  if (weak.version === undefined) return true;
  if (strong.version === undefined) return false;
  return boundImplies(strong.version, weak.version);
}

function boundImplies(
  strong: NonNullable<Alternative["version"]>,
  weak: NonNullable<Alternative["version"]>,
): boolean {
  const order = compareDebianVersions(strong.version, weak.version);
  if (weak.operator === "=") return strong.operator === "=" && order === 0;
  const isLower = weak.operator.startsWith(">");
  if (strong.operator !== "=" && strong.operator.startsWith(">") !== isLower) return false;
  const distance = isLower ? order : -order;
  const includesWeak = weak.operator.endsWith("=") || strong.operator === weak.operator;
  return distance > 0 || (distance === 0 && includesWeak);
}
