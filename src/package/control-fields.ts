import { VenvdebError } from "../errors.ts";
import { mergeRelations } from "../deb/relations.ts";
import type { ControlFields } from "../deb/types.ts";
import type { ExplainedRelation } from "../dependencies/types.ts";
import type { PackagePlan, Relations } from "../plan/types.ts";
import { vcsFields } from "../vcs/build-history.ts";

/**
 * The fields of the package's control file. `explained` has all of Depends and Recommends; the other relations are the
 * plan's and those of `system`. Of several bounds on one package the strictest stays.
 */
export function assembleControlFields(
  plan: PackagePlan,
  architecture: string,
  explained: readonly ExplainedRelation[],
  system: Partial<Relations> = {},
): ControlFields {
  const relationsOf = (field: ExplainedRelation["field"]) =>
    mergeRelations(explained.filter((one) => one.field === field).map(({ relation }) => relation));
  const { name, architecture: _asked, ...identity } = plan.package;
  const otherOf = (field: Exclude<keyof Relations, "depends" | "recommends">) =>
    mergeRelations([...plan.relations[field], ...(system[field] ?? [])]);
  return {
    ...identity,
    package: name,
    architecture,
    preDepends: otherOf("preDepends"),
    depends: relationsOf("Depends"),
    recommends: relationsOf("Recommends"),
    suggests: otherOf("suggests"),
    conflicts: otherOf("conflicts"),
    breaks: otherOf("breaks"),
    replaces: otherOf("replaces"),
    provides: otherOf("provides"),
    ...(plan.history === undefined ? {} : { extra: vcsFields(plan.history) }),
  };
}

/**
 * `auto` is earned: `all` when the tree holds no object for a machine.
 * @throws VenvdebError PLAN_NOT_ALL when the settings say `all` of a tree with objects
 */
export function packageArchitecture(
  plan: PackagePlan,
  objects: readonly { readonly path: string }[],
): string {
  const [object] = objects;
  if (plan.package.architecture === "all" && object !== undefined) throw notAll(object.path, objects.length);
  if (plan.package.architecture === "any" || object !== undefined) return plan.target.architecture;
  return "all";
}

function notAll(path: string, count: number): VenvdebError {
  return new VenvdebError(
    "PLAN_NOT_ALL",
    `Cannot build for "all" architectures: ${count} files hold machine code, "${path}" for one`,
    { hint: 'set architecture = "any", or leave it out' },
  );
}

/** `name_version_arch.deb`, the version without its epoch, as dpkg-name(1) has it. */
export function packageFileName(plan: PackagePlan, architecture: string): string {
  return `${plan.package.name}_${plan.package.version.replace(/^\d+:/, "")}_${architecture}.deb`;
}
