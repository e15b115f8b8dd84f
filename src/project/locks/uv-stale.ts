import { VenvdebError } from "../../errors.ts";
import { normalizeName } from "../../python/normalize-name.ts";
import { evaluateMarker } from "../../python/marker.ts";
import { parseVersion, renderVersion } from "../../python/pep440.ts";
import { parseRequirement } from "../../python/requirement.ts";
import { parseSpecifier } from "../../python/specifier.ts";
import { valueOf, type TomlTable } from "../../toml.ts";
import type { Project } from "../types.ts";
import { tablesOf, textOf, textsOf } from "./fields.ts";
import { markerEvaluator } from "./markers.ts";
import type { LockOptions } from "./types.ts";
import type { UvLock, UvPackage } from "./uv-types.ts";

/**
 * Refuses a lock that was made of other requirements than the project has now. Compared is what matters for the build:
 * the requirements whose markers are true on the target, of the extras and groups asked for.
 * @throws VenvdebError LOCK_STALE
 */
export function checkFresh(lock: UvLock, root: UvPackage, project: Project, options: LockOptions): void {
  if (project.name !== undefined && normalizeName(project.name) !== root.name)
    throw notInLock(lock.file, project);
  const now = projectRequirements(project, options);
  const then = lockRequirements(lock, root, project, options);
  const changed = [...new Set([...now.keys(), ...then.keys()])].filter(
    (key) => !isSame(now.get(key), then.get(key)),
  );
  if (changed.length > 0) throw stale(lock.file, changed);
}

/** By `name[extras]`: the specifiers. A direct source (URL, path) has no specifier that could be compared. */
type Wanted = ReadonlyMap<string, { readonly specifiers: ReadonlySet<string>; readonly isDirect: boolean }>;

function isSame(now: ReturnType<Wanted["get"]>, then: ReturnType<Wanted["get"]>): boolean {
  if (!now || !then) return false;
  if (now.isDirect || then.isDirect) return true;
  return (
    now.specifiers.size === then.specifiers.size &&
    [...now.specifiers].every((one) => then.specifiers.has(one))
  );
}

function projectRequirements(project: Project, { target, extras, groups }: LockOptions): Wanted {
  const lines = [
    ...(isFixed(project, "dependencies") ? project.dependencies : []),
    ...(isFixed(project, "optional-dependencies")
      ? extras.flatMap((extra) => project.optionalDependencies[normalizeName(extra)] ?? [])
      : []),
    ...groups.flatMap((group) => project.dependencyGroups[normalizeName(group)] ?? []),
  ];
  return collect(
    lines.flatMap((line) => {
      const { name, extras: parts, specifier, url, marker } = parseRequirement(line);
      if (marker && !evaluateMarker(marker, target.python.markers)) return [];
      return [{ name, parts, specifier, isDirect: url !== undefined }];
    }),
  );
}

/** uv asks the backend for what is dynamic; so cannot we here. */
function isFixed(project: Project, field: string): boolean {
  return !project.dynamic.includes(field);
}

function lockRequirements(lock: UvLock, root: UvPackage, project: Project, options: LockOptions): Wanted {
  const metadata = valueOf(root.table, "metadata");
  const isPlain = markerEvaluator(lock.file, options.target, new Set());
  const isWithExtras = markerEvaluator(lock.file, options.target, new Set(options.extras));
  const isWanted = (entry: TomlTable) => {
    const marker = textOf(entry, "marker");
    if (isPlain(marker)) return isFixed(project, "dependencies");
    return isWithExtras(marker) && isFixed(project, "optional-dependencies");
  };
  const dev = valueOf(metadata, "requires-dev");
  const ofGroups = options.groups.flatMap((group) =>
    tablesOf(dev, normalizeName(group)).filter((entry) => isPlain(textOf(entry, "marker"))),
  );
  return collect(
    [...tablesOf(metadata, "requires-dist").filter(isWanted), ...ofGroups].map((entry) => ({
      name: textOf(entry, "name") ?? "",
      parts: textsOf(entry, "extras"),
      specifier: textOf(entry, "specifier") ?? "",
      isDirect: directKinds.some((kind) => kind in entry),
    })),
  );
}

const directKinds = ["git", "url", "path", "directory", "editable", "virtual"];

function collect(
  requirements: readonly {
    readonly name: string;
    readonly parts: readonly string[];
    readonly specifier: string;
    readonly isDirect: boolean;
  }[],
): Wanted {
  const wanted = new Map<string, { specifiers: Set<string>; isDirect: boolean }>();
  for (const { name, parts, specifier, isDirect } of requirements) {
    const key = parts.length === 0 ? name : `${name}[${parts.toSorted().join(",")}]`;
    const entry = wanted.get(key) ?? { specifiers: new Set(), isDirect: false };
    wanted.set(key, {
      specifiers: entry.specifiers.add(canonical(specifier)),
      isDirect: entry.isDirect || isDirect,
    });
  }
  return wanted;
}

/** One spelling for `>= 1.0, <2` and `<2,>=1`. */
function canonical(specifier: string): string {
  const clauses = parseSpecifier(specifier) ?? [];
  return clauses
    .map(({ operator, version, prefix }) => {
      const parsed = parseVersion(version);
      const text = parsed ? renderVersion(parsed) : version;
      return `${operator}${prefix || operator === "~=" ? text : text.replace(/(?:\.0)+$/, "")}${prefix ? ".*" : ""}`;
    })
    .sort()
    .join(",");
}

function stale(file: string, changed: readonly string[]): VenvdebError {
  return new VenvdebError(
    "LOCK_STALE",
    `Cannot use the lock "${file}": the project's requirements have changed since (${changed.join(", ")})`,
    { hint: "uv lock" },
  );
}

/** The error for a project that the lock does not know. */
export function notInLock(file: string, project: Project): VenvdebError {
  return new VenvdebError(
    "LOCK_STALE",
    `Cannot use the lock "${file}": it has no project "${project.name ?? "?"}" at "${project.directory}"`,
    { hint: "uv lock" },
  );
}
