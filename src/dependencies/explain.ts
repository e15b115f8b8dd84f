import { parseRelation } from "../deb/relations.ts";
import type { ExplainedRelation, RelationReason } from "./types.ts";

/** The relations to one Debian package, given with or without an architecture. */
export function selectRelations(
  relations: readonly ExplainedRelation[],
  name: string,
): readonly ExplainedRelation[] {
  const wanted = name.replace(/:.*/, "");
  return relations.filter(({ relation }) =>
    parseRelation(relation).some((alternative) => alternative.name === wanted),
  );
}

/** Why a package has these relations, in lines for a reader. */
export function explainRelations(relations: readonly ExplainedRelation[]): string[] {
  return relations.flatMap(explainOne);
}

function explainOne({ relation, field, reasons }: ExplainedRelation): string[] {
  return [`${field}: ${relation}`, ...explainReasons(reasons)];
}

/** Reasons of one distribution stand together, in the order of the strictest. */
function explainReasons(reasons: readonly RelationReason[]): string[] {
  const names = [...new Set(reasons.map(({ distribution }) => distribution))];
  return names.flatMap((name) =>
    [`  ${name ?? "the package"}`].concat(
      reasons
        .filter(({ distribution }) => distribution === name)
        .map((reason) => `    ${explainReason(reason)}`),
    ),
  );
}

function explainReason({ object, library, detail }: RelationReason): string {
  const place = [object, library].filter((part) => part !== undefined).join(" -> ");
  return place === "" ? detail : `${place}: ${detail}`;
}
