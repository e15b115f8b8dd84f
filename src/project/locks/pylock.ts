import { dirname, resolve } from "node:path";
import type { LockedDistribution } from "../../plan/types.ts";
import { normalizeName } from "../../python/normalize-name.ts";
import { satisfies } from "../../python/specifier.ts";
import { isTable, valueOf, type TomlTable } from "../../toml.ts";
import { readToml } from "../toml.ts";
import type { Project } from "../types.ts";
import { badLock, checkPython, onePerName, unknownPart, unknownVersion, wrongTarget } from "./errors.ts";
import { lockedFile, optional, tablesOf, textOf, textsOf, usableFiles } from "./fields.ts";
import { markerEvaluator } from "./markers.ts";
import type { LockOptions } from "./types.ts";

/**
 * What a pylock.toml (PEP 751) says is installed for a target, the project itself left out.
 * Without groups asked for, its `default-groups` are.
 * @throws VenvdebError LOCK_BAD, LOCK_UNKNOWN_VERSION, LOCK_WRONG_TARGET, LOCK_UNKNOWN_EXTRA, LOCK_UNKNOWN_GROUP,
 *   LOCK_AMBIGUOUS, PROJECT_BAD_TOML
 */
export async function resolvePylock(
  file: string,
  project: Project,
  options: LockOptions,
): Promise<readonly LockedDistribution[]> {
  const lock = await readToml(file);
  checkVersion(file, lock);
  checkPython(file, textOf(lock, "requires-python"), options.target);
  const isTrue = markersOf(file, lock, options);
  const environments = textsOf(lock, "environments");
  if (environments.length > 0 && !environments.some(isTrue))
    throw wrongTarget(file, `it is only for ${environments.join(" or ")}`);
  const found = tablesOf(lock, "packages")
    .filter((entry) => isTrue(textOf(entry, "marker")) && !isProject(file, entry, project))
    .map((entry) => readPackage(file, entry, options));
  return onePerName(file, found);
}

/** A newer minor version only adds what may be passed over. */
function checkVersion(file: string, lock: TomlTable): void {
  const version = textOf(lock, "lock-version");
  if (version === undefined || !/^1(?:\.[0-9]+)*$/.test(version))
    throw unknownVersion(
      file,
      version,
      "1.0",
      "write it anew: uv export --format pylock.toml -o pylock.toml",
    );
}

function markersOf(
  file: string,
  lock: TomlTable,
  options: LockOptions,
): (marker: string | undefined) => boolean {
  const groups = options.groups.length > 0 ? options.groups : textsOf(lock, "default-groups");
  checkKnown(file, "extra", options.extras, textsOf(lock, "extras"));
  checkKnown(file, "group", options.groups, textsOf(lock, "dependency-groups"));
  return markerEvaluator(file, options.target, new Set(options.extras), new Set(groups));
}

function checkKnown(
  file: string,
  kind: "extra" | "group",
  asked: readonly string[],
  known: readonly string[],
): void {
  const names = new Set(known.map(normalizeName));
  const missing = asked.find((name) => !names.has(normalizeName(name)));
  if (missing !== undefined) throw unknownPart(file, kind, missing, known);
}

/** Locks may name the project they are of, as a folder. */
function isProject(file: string, entry: TomlTable, project: Project): boolean {
  const path = textOf(entry["directory"], "path");
  return path !== undefined && resolve(dirname(file), path) === project.directory;
}

function readPackage(file: string, entry: TomlTable, options: LockOptions): LockedDistribution {
  const name = textOf(entry, "name");
  if (name === undefined) throw badLock(file, "a package has no name");
  const python = textOf(entry, "requires-python");
  const version = options.target.python.markers["python_full_version"] ?? "";
  if (python !== undefined && !satisfies(version, python))
    throw wrongTarget(file, `"${name}" in it is for Python ${python}, the target has ${version}`);
  return {
    name: normalizeName(name),
    ...optional("version", textOf(entry, "version")),
    source: readSource(file, entry, options.target.python.tags),
  };
}

function readSource(file: string, entry: TomlTable, tags: readonly string[]): LockedDistribution["source"] {
  const { vcs, directory, archive, sdist } = entry;
  const folder = dirname(file);
  if (isTable(vcs)) return vcsSource(file, vcs, folder);
  const path = textOf(directory, "path");
  if (path !== undefined)
    return { kind: "directory", path: resolve(folder, path, textOf(directory, "subdirectory") ?? ".") };
  if (isTable(archive)) return archiveSource(archive, folder, tags);
  const files = [...tablesOf(entry, "wheels"), ...(isTable(sdist) ? [sdist] : [])].map((one) =>
    readFile(one, folder),
  );
  if (files.length === 0) throw badLock(file, `"${textOf(entry, "name") ?? ""}" has no source`);
  return { kind: "index", ...optional("index", textOf(entry, "index")), files: usableFiles(files, tags) };
}

function vcsSource(file: string, vcs: TomlTable, folder: string): LockedDistribution["source"] {
  const [type, path, commit] = [textOf(vcs, "type"), textOf(vcs, "path"), textOf(vcs, "commit-id")];
  const url = textOf(vcs, "url") ?? (path === undefined ? undefined : resolve(folder, path));
  const kind = (["git", "hg", "svn", "bzr"] as const).find((one) => one === type);
  if (!kind || url === undefined || commit === undefined)
    throw badLock(file, "a package has a vcs without type, url or commit-id");
  return { kind: "vcs", vcs: kind, url, commit, ...optional("subdirectory", textOf(vcs, "subdirectory")) };
}

function archiveSource(
  archive: TomlTable,
  folder: string,
  tags: readonly string[],
): LockedDistribution["source"] {
  const file = readFile(archive, folder);
  if (file.url === undefined) return { kind: "index", files: usableFiles([file], tags) };
  return {
    kind: "url",
    url: file.url,
    ...optional("sha256", file.hashes["sha256"]),
    ...optional("subdirectory", textOf(archive, "subdirectory")),
  };
}

function readFile(table: TomlTable, folder: string) {
  const hashes = valueOf(table, "hashes");
  const digests = Object.entries(isTable(hashes) ? hashes : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return lockedFile(
    {
      filename: textOf(table, "name"),
      url: textOf(table, "url"),
      path: textOf(table, "path"),
      hashes: Object.fromEntries(digests),
      uploadTime: table["upload-time"],
    },
    folder,
  );
}
