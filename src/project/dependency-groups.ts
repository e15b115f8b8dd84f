import { VenvdebError } from "../errors.ts";
import { normalizeName } from "../python/normalize-name.ts";
import { isTable, valueOf } from "../toml.ts";
import { badField, checkRequirement, listAt, requirementsAt, tableAt, type Place } from "./fields.ts";

/**
 * The dependency groups of a pyproject.toml (PEP 735) by normalised name, with their includes written out; also those
 * that uv and pdm had before (`tool.uv.dev-dependencies`, `tool.pdm.dev-dependencies`).
 * @throws VenvdebError PROJECT_BAD_METADATA, PROJECT_BAD_GROUP
 */
export function readDependencyGroups(pyproject: Place): Readonly<Record<string, readonly string[]>> {
  const place = tableAt(pyproject, "dependency-groups");
  const names = new Map<string, string>();
  for (const name of Object.keys(place.table)) {
    const other = names.get(normalizeName(name));
    if (other !== undefined) throw badGroup(place, name, `it and "${other}" have the same normalised name`);
    names.set(normalizeName(name), name);
  }
  const groups = new Map(
    [...names.keys()].map((name) => [name, expandGroup({ place, names, including: [] }, name)]),
  );
  for (const [name, lines] of earlierGroups(pyproject))
    groups.set(name, [...(groups.get(name) ?? []), ...lines]);
  return Object.fromEntries(groups);
}

interface Expansion {
  readonly place: Place;
  /** Normalised to as written. */
  readonly names: ReadonlyMap<string, string>;
  /** The groups that led here. */
  readonly including: readonly string[];
}

function expandGroup(expansion: Expansion, name: string): readonly string[] {
  const { place, names, including } = expansion;
  const written = names.get(name);
  const from = including.at(-1) ?? name;
  if (written === undefined) throw badGroup(place, from, `it includes "${name}", which does not exist`);
  if (including.includes(name)) throw badGroup(place, from, `it includes "${name}", which includes it`);
  const inner = { ...expansion, including: [...including, name] };
  return listAt(place, written).flatMap((item) => {
    if (typeof item === "string") {
      checkRequirement(place, written, item);
      return [item];
    }
    const included =
      isTable(item) && Object.keys(item).length === 1 ? valueOf(item, "include-group") : undefined;
    if (typeof included !== "string")
      throw badField(place, written, item, 'requirements and { include-group = "…" }');
    return expandGroup(inner, normalizeName(included));
  });
}

function earlierGroups(pyproject: Place): readonly (readonly [string, readonly string[]])[] {
  const tool = tableAt(pyproject, "tool");
  const pdm = tableAt(tableAt(tool, "pdm"), "dev-dependencies");
  return [
    ...(valueOf(tableAt(tool, "uv").table, "dev-dependencies") === undefined
      ? []
      : [["dev", requirementsAt(tableAt(tool, "uv"), "dev-dependencies")] as const]),
    ...Object.keys(pdm.table).map((name) => [normalizeName(name), requirementsAt(pdm, name)] as const),
  ];
}

function badGroup(place: Place, name: string, problem: string): VenvdebError {
  return new VenvdebError(
    "PROJECT_BAD_GROUP",
    `Cannot expand the dependency group "${name}" of "${place.file}": ${problem}`,
  );
}
