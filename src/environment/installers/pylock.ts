import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { LockedDistribution, LockedFile } from "../../plan/types.ts";
import { normalizeName } from "../../python/normalize-name.ts";
import { isTable, parseToml, valueOf, type TomlTable } from "../../toml.ts";

/**
 * Reads the pylock.toml (PEP 751) that `uv pip compile` writes for one interpreter: no markers, no alternatives.
 * Relative paths are those of `directory`.
 * @throws VenvdebError INSTALL_RESOLVE_FAILED
 */
export function parsePylock(text: string, directory: string): LockedDistribution[] {
  const lock = parseToml(Buffer.from(text), "pylock.toml", "INSTALL_RESOLVE_FAILED");
  return tables(lock["packages"]).flatMap((entry) => readPackage(entry, directory));
}

function readPackage(entry: TomlTable, directory: string): LockedDistribution[] {
  const name = textOf(entry, "name");
  if (name === undefined) return [];
  const version = textOf(entry, "version");
  const base = { name: normalizeName(name), ...(version === undefined ? {} : { version }) };
  return [{ ...base, source: readSource(entry, directory) }];
}

function readSource(entry: TomlTable, directory: string): LockedDistribution["source"] {
  const { vcs, directory: folder, archive } = entry;
  if (isTable(folder)) {
    const path = resolve(directory, textOf(folder, "path") ?? ".", textOf(folder, "subdirectory") ?? ".");
    return { kind: "directory", path };
  }
  if (isTable(vcs)) return readVcs(vcs, directory);
  if (isTable(archive)) return readArchive(archive, directory);
  const index = textOf(entry, "index");
  const files = [...tables(entry["wheels"]), ...tables([entry["sdist"]])].map((file) =>
    readFileEntry(file, directory),
  );
  return { kind: "index", files, ...(index === undefined ? {} : { index }) };
}

function readVcs(vcs: TomlTable, directory: string): LockedDistribution["source"] {
  const type = textOf(vcs, "type");
  const path = textOf(vcs, "path");
  return {
    kind: "vcs",
    vcs: type === "hg" || type === "svn" || type === "bzr" ? type : "git",
    url: textOf(vcs, "url") ?? resolve(directory, path ?? "."),
    commit: textOf(vcs, "commit-id") ?? "",
    ...subdirectoryOf(vcs),
  };
}

function readArchive(archive: TomlTable, directory: string): LockedDistribution["source"] {
  const { url, path, hashes } = readFileEntry(archive, directory);
  const sha256 = hashes["sha256"];
  return {
    kind: "url",
    url: url ?? `file://${path ?? ""}`,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...subdirectoryOf(archive),
  };
}

function subdirectoryOf(table: TomlTable): { subdirectory?: string } {
  const subdirectory = textOf(table, "subdirectory");
  return subdirectory === undefined ? {} : { subdirectory };
}

function readFileEntry(file: TomlTable, directory: string): LockedFile {
  const url = textOf(file, "url");
  const path = url?.startsWith("file:") === true ? fileURLToPath(url) : textOf(file, "path");
  const place = path === undefined ? { url: url ?? "" } : { path: resolve(directory, path) };
  const uploaded = file["upload-time"];
  const hashes = Object.entries(isTable(file["hashes"]) ? file["hashes"] : {});
  return {
    filename:
      textOf(file, "name") ?? decodeURIComponent(basename(url === undefined ? (path ?? "") : pathOf(url))),
    hashes: Object.fromEntries(hashes.map(([algorithm, digest]) => [algorithm, String(digest)])),
    ...place,
    ...(uploaded instanceof Date ? { uploadTime: Math.floor(uploaded.getTime() / 1000) } : {}),
  };
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function textOf(table: TomlTable, key: string): string | undefined {
  const value = valueOf(table, key);
  return typeof value === "string" ? value : undefined;
}

function tables(value: unknown): TomlTable[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}
