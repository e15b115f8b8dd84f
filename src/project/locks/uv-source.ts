import { resolve } from "node:path";
import type { LockedDistribution, LockedFile } from "../../plan/types.ts";
import { isTable, type TomlTable } from "../../toml.ts";
import { badLock } from "./errors.ts";
import { filenameOf, lockedFile, optional, tablesOf, textOf, usableFiles } from "./fields.ts";
import type { UvLock, UvPackage } from "./uv-types.ts";

/**
 * Where one package of a uv.lock comes from. Editable ones are folders: they are installed as they would be released.
 * @throws VenvdebError LOCK_BAD
 */
export function uvDistribution(lock: UvLock, one: UvPackage, tags: readonly string[]): LockedDistribution {
  return { name: one.name, ...optional("version", one.version), source: sourceOf(lock, one, tags) };
}

function sourceOf(lock: UvLock, one: UvPackage, tags: readonly string[]): LockedDistribution["source"] {
  const said = (key: string) => textOf(one.source, key);
  const folder = said("editable") ?? said("directory");
  if (folder !== undefined) return { kind: "directory", path: resolve(lock.directory, folder) };
  const git = said("git");
  if (git !== undefined) return gitSource(lock, one, git);
  const url = said("url");
  if (url !== undefined) return urlSource(one, url);
  const path = said("path");
  const registry = said("registry");
  const place =
    registry !== undefined && !isRemote(registry) ? resolve(lock.directory, registry) : lock.directory;
  const files = path === undefined ? filesOf(one, place) : [pathFile(one, path, lock.directory)];
  if (path === undefined && registry === undefined)
    throw badLock(lock.file, `the source of "${one.name}" is unknown`);
  return { kind: "index", ...optional("index", registry), files: usableFiles(files, tags) };
}

function isRemote(registry: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(registry);
}

/** `https://host/repository?rev=v1&subdirectory=python#<commit>` */
function gitSource(lock: UvLock, one: UvPackage, git: string): LockedDistribution["source"] {
  const [, url = "", query = "", commit = ""] = /^([^?#]*)(?:\?([^#]*))?#([0-9a-f]{40,64})$/.exec(git) ?? [];
  if (url === "") throw badLock(lock.file, `the source of "${one.name}" names no commit`);
  const subdirectory = new URLSearchParams(query).get("subdirectory") ?? undefined;
  return { kind: "vcs", vcs: "git", url, commit, ...optional("subdirectory", subdirectory) };
}

function urlSource(one: UvPackage, url: string): LockedDistribution["source"] {
  const [file] = fileTables(one);
  const [algorithm, digest] = splitHash(textOf(file, "hash"));
  const sha256 = algorithm === "sha256" ? digest : undefined;
  return {
    kind: "url",
    url,
    ...optional("sha256", sha256),
    ...optional("subdirectory", textOf(one.source, "subdirectory")),
  };
}

/** A local archive: its table has the digest, the source has the path. */
function pathFile(one: UvPackage, path: string, directory: string): LockedFile {
  const [file] = fileTables(one);
  return lockedFile({ filename: filenameOf(path), path, hashes: hashesOf(file) }, directory);
}

function filesOf(one: UvPackage, folder: string): readonly LockedFile[] {
  return fileTables(one).map((file) =>
    lockedFile(
      {
        filename: textOf(file, "filename"),
        url: textOf(file, "url"),
        path: textOf(file, "path"),
        hashes: hashesOf(file),
        uploadTime: file["upload-time"],
      },
      folder,
    ),
  );
}

function fileTables({ table }: UvPackage): readonly TomlTable[] {
  const sdist = table["sdist"];
  return [...tablesOf(table, "wheels"), ...(isTable(sdist) ? [sdist] : [])];
}

function hashesOf(file: TomlTable | undefined): Readonly<Record<string, string>> {
  const [algorithm, digest] = splitHash(textOf(file, "hash"));
  return algorithm === undefined || digest === undefined ? {} : { [algorithm]: digest };
}

function splitHash(hash: string | undefined): readonly string[] {
  return hash?.split(":", 2) ?? [];
}
