import { parseRelation } from "../deb/relations.ts";
import type { ExplainedRelation, RelationReason } from "./types.ts";

/**
 * Why a package depends on another, in lines for a reader; none when it does not. `name` is a package name, with or
 * without an architecture.
 */
export function explainRelation(relations: readonly ExplainedRelation[], name: string): string[] {
  const wanted = name.replace(/:.*/, "");
  return relations
    .filter(({ relation }) => parseRelation(relation).some((alternative) => alternative.name === wanted))
    .flatMap(explainOne);
}

function explainOne({ relation, field, reasons }: ExplainedRelation): string[] {
  return [`${field}: ${relation}`, ...explainReasons(reasons)];
}

/** Reasons of one distribution stand together, in the order of the strictest. */
function explainReasons(reasons: readonly RelationReason[]): string[] {
  const names = [...new Set(reasons.map(({ distribution }) => distribution))];
  return names.flatMap((name) =>
    [`  ${name ?? "the environment"}`].concat(
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
