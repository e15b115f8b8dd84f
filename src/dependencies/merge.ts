import { compareBytes } from "../deb/byte-order.ts";
import { formatRelation, mergeRelations, parseRelation } from "../deb/relations.ts";
import { groupBy } from "./group-by.ts";
import { isNewer, type Need } from "./needs.ts";
import type { ExplainedRelation, RelationReason } from "./types.ts";

/**
 * Needs to the relations of both fields. What only distributions of `recommended` need is recommended; a relation
 * that another one of its field, or of Depends, implies is dropped and its reasons go to the stronger one.
 */
export function mergeNeeds(needs: readonly Need[], recommended: readonly string[]): ExplainedRelation[] {
  const isRecommended = ({ object }: Need) =>
    object.distribution !== undefined && recommended.includes(object.distribution);
  const depends = mergeField(
    needs.filter((need) => !isRecommended(need)),
    "Depends",
  );
  const stronger = depends.map(({ relation }) => relation);
  const recommends = mergeField(needs.filter(isRecommended), "Recommends");
  return [...depends, ...recommends.filter(({ relation }) => !isImplied(relation, stronger))];
}

function mergeField(needs: readonly Need[], field: ExplainedRelation["field"]): ExplainedRelation[] {
  const byTemplate = groupBy(needs, ({ template }) => template);
  const all = [...byTemplate].map(([template, own]) => ({
    relation: renderTemplate(template, own),
    needs: own,
  }));
  return mergeRelations(all.map(({ relation }) => relation)).map((relation) => ({
    relation,
    field,
    reasons: explainNeeds(
      all
        .filter((one) => one.relation === relation || isImplied(one.relation, [relation]))
        .flatMap((one) => one.needs),
    ),
  }));
}

function isImplied(relation: string, stronger: readonly string[]): boolean {
  return stronger.some((one) => one === relation || !mergeRelations([one, relation]).includes(relation));
}

/** The template with the highest minimum of its needs in the place of `#MINVER#`, in the usual spelling. */
function renderTemplate(template: string, needs: readonly Need[]): string {
  let minimum: string | undefined;
  for (const need of needs)
    if (need.minimum !== undefined && (minimum === undefined || isNewer(need.minimum, minimum)))
      minimum = need.minimum;
  const bound = minimum === undefined ? "" : `(>= ${minimum})`;
  return formatRelation(parseRelation(template.replaceAll("#MINVER#", bound)));
}

/** Objects named for one library of one distribution; the rest is counted. */
const mostObjects = 5;

/** The strictest first: what a reader wants to know is who raised the bound. */
function explainNeeds(needs: readonly Need[]): RelationReason[] {
  const strictest = needs.toSorted(compareNeeds);
  const seen = new Set<string>();
  const once = strictest.filter(({ object, library }) => {
    const key = `${object.path}\0${library}`;
    return !seen.has(key) && seen.add(key);
  });
  const groups = groupBy(once, ({ object, library }) => `${object.distribution ?? ""}\0${library}`);
  return [...groups.values()].flatMap(explainGroup);
}

function explainGroup(group: readonly Need[]): RelationReason[] {
  const [first, ...rest] = group.slice(0, mostObjects).map(reasonOf);
  const others = group.length - mostObjects;
  if (first === undefined) return [];
  return others > 0 ? [first, ...rest, countReason(first, others)] : [first, ...rest];
}

function compareNeeds(left: Need, right: Need): number {
  const [a, b] = [left.minimum, right.minimum];
  if (a !== b) {
    if (a === undefined || (b !== undefined && isNewer(b, a))) return 1;
    if (b === undefined || isNewer(a, b)) return -1;
  }
  return compareBytes(left.object.path, right.object.path) || compareBytes(left.library, right.library);
}

function reasonOf({ object, library, detail }: Need): RelationReason {
  const { distribution, path } = object;
  return { ...(distribution === undefined ? {} : { distribution }), object: path, library, detail };
}

function countReason({ distribution, library }: RelationReason, others: number): RelationReason {
  return {
    ...(distribution === undefined ? {} : { distribution }),
    ...(library === undefined ? {} : { library }),
    detail: `and ${others} more ${others === 1 ? "object" : "objects"}`,
  };
}
