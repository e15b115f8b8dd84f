import { mergeRelations } from "../deb/relations.ts";
import type { ExplainedRelation } from "../dependencies/types.ts";
import type { PackagePlan, Relations } from "../plan/types.ts";

/**
 * Every relation that the package needs to be useful, with its reasons: what the objects load, the interpreter, what
 * the maintainer scripts run, what the settings ask for.
 */
export function explainAllRelations(
  plan: PackagePlan,
  libraries: readonly ExplainedRelation[],
  system: Partial<Relations>,
): ExplainedRelation[] {
  const interpreter = `python${plan.target.python.minor}`;
  const asked = ({ depends, recommends }: Relations) => [
    ...explain(
      "Depends",
      "the settings ask for it",
      plan.hasEnvironment ? depends.filter((relation) => relation !== interpreter) : depends,
    ),
    ...explain("Recommends", "the settings ask for it", recommends),
  ];
  return [
    ...(plan.hasEnvironment
      ? explain("Depends", "the interpreter that bin/python links to", [interpreter])
      : []),
    ...libraries,
    ...explain("Depends", "its maintainer scripts or jobs need it", mergeRelations(system.depends ?? [])),
    ...explain("Recommends", "it works on files that the package brings for it", system.recommends ?? []),
    ...asked(plan.relations),
  ];
}

function explain(
  field: ExplainedRelation["field"],
  detail: string,
  relations: readonly string[],
): ExplainedRelation[] {
  return relations.map((relation) => ({ relation, field, reasons: [{ detail }] }));
}
