import { mergeRelations } from "../../deb/relations.ts";
import type { ChangedText } from "./types.ts";

const FIELDS = [
  "Pre-Depends",
  "Depends",
  "Recommends",
  "Suggests",
  "Enhances",
  "Breaks",
  "Conflicts",
  "Replaces",
  "Provides",
];

/** Relations that one of the two control files has and the other has not, by field. */
export function diffRelations(
  old: ReadonlyMap<string, string>,
  current: ReadonlyMap<string, string>,
): ChangedText[] {
  return FIELDS.flatMap((field) => {
    const before = relationsOf(old, field);
    const after = relationsOf(current, field);
    const added = after.filter((relation) => !before.includes(relation));
    const removed = before.filter((relation) => !after.includes(relation));
    return added.length + removed.length === 0 ? [] : [{ field, added, removed }];
  });
}

/** In one spelling; what is no relation is compared as it is. */
function relationsOf(control: ReadonlyMap<string, string>, field: string): string[] {
  const parts = (control.get(field) ?? "").split(",").map((part) => part.replaceAll(/\s+/g, " ").trim());
  return parts.filter((part) => part !== "").flatMap(respell);
}

function respell(relation: string): string[] {
  try {
    return mergeRelations([relation]);
  } catch {
    return [relation];
  }
}
