import { VenvdebError } from "../errors.ts";
import { mergeRelations } from "../deb/relations.ts";
import type { ControlFields } from "../deb/types.ts";
import type { ExplainedRelation } from "../dependencies/types.ts";
import type { PackagePlan, Relations } from "../plan/types.ts";

/**
 * The fields of the package's control file: the plan's relations, those of the libraries, and those that the
 * maintainer scripts need. What is in Depends is not repeated in Recommends.
 */
export function assembleControlFields(
  plan: PackagePlan,
  architecture: string,
  libraries: readonly ExplainedRelation[],
  system: Partial<Relations>,
): ControlFields {
  const merge = (key: keyof Relations, ...more: string[]) =>
    mergeRelations([...plan.relations[key], ...(system[key] ?? []), ...more]);
  const found = (field: ExplainedRelation["field"]) =>
    libraries.filter((library) => library.field === field).map(({ relation }) => relation);
  const { name, architecture: _asked, ...identity } = plan.package;
  return {
    ...identity,
    package: name,
    architecture,
    preDepends: merge("preDepends"),
    depends: merge("depends", ...found("Depends")),
    recommends: merge("recommends", ...found("Recommends")),
    suggests: merge("suggests"),
    conflicts: merge("conflicts"),
    breaks: merge("breaks"),
    replaces: merge("replaces"),
    provides: merge("provides"),
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
