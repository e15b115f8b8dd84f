import { normalizeName } from "../../python/normalize-name.ts";
import { isTable, valueOf, type TomlTable } from "../../toml.ts";
import { badLock, unknownPart } from "./errors.ts";
import { tablesOf, textOf, textsOf } from "./fields.ts";
import { markerEvaluator } from "./markers.ts";
import type { LockOptions } from "./types.ts";
import type { UvLock, UvPackage } from "./uv-types.ts";

/**
 * Every package that is reached from the project over the edges whose markers are true, the project included.
 * Without a root (a workspace that is no project) the edges are those of the groups asked for.
 * @throws VenvdebError LOCK_BAD, LOCK_UNKNOWN_EXTRA, LOCK_UNKNOWN_GROUP
 */
export function walkUvLock(
  lock: UvLock,
  root: UvPackage | undefined,
  options: LockOptions,
): readonly UvPackage[] {
  const start = startOf(lock, root, options);
  const active = new Set([
    ...options.extras.map((extra) => conflictName("extra", root?.name ?? "", extra)),
    ...options.groups.map((group) => conflictName("group", root?.name ?? "", group)),
    ...(root ? [`project-${root.name.length}-${root.name}`] : []),
  ]);
  for (;;) {
    const before = active.size;
    const found = walk(
      lock,
      root,
      start,
      markerEvaluator(lock.file, options.target, new Set(active)),
      active,
    );
    if (active.size === before) return found;
  }
}

/** How uv writes an extra or group of a package into the markers of packages that conflict. */
function conflictName(kind: "extra" | "group", name: string, part: string): string {
  return `${kind}-${name.length}-${name}-${normalizeName(part)}`;
}

function startOf(lock: UvLock, root: UvPackage | undefined, options: LockOptions): readonly TomlTable[] {
  const table = root?.table ?? valueOf(lock.table, "manifest");
  const metadata = valueOf(table, "metadata");
  const extras = partsOf(valueOf(table, "optional-dependencies"), textsOf(metadata, "provides-extras"));
  const groupKey = root ? "dev-dependencies" : "dependency-groups";
  const inMetadata = valueOf(metadata, "requires-dev");
  const groups = partsOf(valueOf(table, groupKey), Object.keys(isTable(inMetadata) ? inMetadata : {}));
  return [
    ...(root ? tablesOf(table, "dependencies") : []),
    ...options.extras.flatMap((extra) => partOf(lock, "extra", extra, extras)),
    ...options.groups.flatMap((group) => partOf(lock, "group", group, groups)),
  ];
}

/** Edges by extra or group; those without any are named only in the metadata. */
function partsOf(table: unknown, empty: readonly string[]): ReadonlyMap<string, readonly TomlTable[]> {
  const names = [...empty, ...Object.keys(isTable(table) ? table : {})];
  return new Map(names.map((name) => [normalizeName(name), tablesOf(table, name)]));
}

function partOf(
  lock: UvLock,
  kind: "extra" | "group",
  name: string,
  parts: ReadonlyMap<string, readonly TomlTable[]>,
): readonly TomlTable[] {
  const edges = parts.get(normalizeName(name));
  if (!edges) throw unknownPart(lock.file, kind, name, parts.keys());
  return edges;
}

/** `active` is filled with the extras that are met on the way: they decide on conflicts. */
function walk(
  lock: UvLock,
  root: UvPackage | undefined,
  start: readonly TomlTable[],
  isTrue: (marker: string | undefined) => boolean,
  active: Set<string>,
): readonly UvPackage[] {
  const byName = groupByName(lock.packages);
  const visited = new Map<UvPackage, Set<string>>(root ? [[root, new Set([""])]] : []);
  const edges = [...start];
  for (let edge = edges.pop(); edge !== undefined; edge = edges.pop()) {
    if (!isTrue(textOf(edge, "marker"))) continue;
    const reached = findPackage(lock, byName, edge, isTrue);
    const parts = visited.get(reached) ?? new Set();
    visited.set(reached, parts);
    for (const part of ["", ...textsOf(edge, "extra")]) {
      if (parts.has(part)) continue;
      parts.add(part);
      if (part !== "") active.add(conflictName("extra", reached.name, part));
      const { table } = reached;
      edges.push(
        ...(part === "" ? tablesOf(table, "dependencies") : tablesOf(table["optional-dependencies"], part)),
      );
    }
  }
  return [...visited.keys()];
}

function groupByName(packages: readonly UvPackage[]): ReadonlyMap<string, readonly UvPackage[]> {
  const groups = new Map<string, UvPackage[]>();
  for (const one of packages) {
    const group = groups.get(one.name);
    if (group) group.push(one);
    else groups.set(one.name, [one]);
  }
  return groups;
}

/** uv adds version and source to an edge where the name alone would not do. */
function findPackage(
  lock: UvLock,
  byName: ReadonlyMap<string, readonly UvPackage[]>,
  edge: TomlTable,
  isTrue: (marker: string) => boolean,
): UvPackage {
  const [name, version] = [textOf(edge, "name") ?? "", textOf(edge, "version")];
  const source = isTable(edge["source"]) ? JSON.stringify(edge["source"]) : undefined;
  const candidates = (byName.get(name) ?? []).filter(
    (one) =>
      (version === undefined || one.version === version) &&
      (source === undefined || JSON.stringify(one.source) === source),
  );
  const isFitting = ({ table }: UvPackage) => {
    const markers = textsOf(table, "resolution-markers");
    return markers.length === 0 || markers.some(isTrue);
  };
  const found = candidates.length === 1 ? candidates[0] : candidates.find(isFitting);
  if (!found)
    throw badLock(
      lock.file,
      `it needs "${name}"${version === undefined ? "" : ` ${version}`}, which it does not have`,
    );
  return found;
}
