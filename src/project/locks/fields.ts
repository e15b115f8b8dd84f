import { basename, resolve } from "node:path";
import type { LockedFile } from "../../plan/types.ts";
import { sortWheels } from "../../python/wheel.ts";
import { isTable, valueOf, type TomlTable } from "../../toml.ts";

/** A text of a table; undefined when it is absent or something else. */
export function textOf(table: unknown, key: string): string | undefined {
  const value = valueOf(table, key);
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list; empty when it is absent. */
export function textsOf(table: unknown, key: string): readonly string[] {
  return listOf(table, key).filter((value) => typeof value === "string");
}

/** The tables of a list; empty when it is absent. */
export function tablesOf(table: unknown, key: string): readonly TomlTable[] {
  return listOf(table, key).filter(isTable);
}

function listOf(table: unknown, key: string): readonly unknown[] {
  const value = valueOf(table, key);
  return Array.isArray(value) ? value : [];
}

/** A text under a key of a result that leaves absent keys out. */
export function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  const result: Partial<Record<K, string>> = {};
  if (value !== undefined) result[key] = value;
  return result;
}

/** The last part of a URL's path or of a path, decoded. */
export function filenameOf(location: string): string {
  const name = basename(location.replace(/[?#].*$/, ""));
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** One file of a lock; `path` is relative to `folder`. */
export function lockedFile(
  fields: {
    readonly filename?: string | undefined;
    readonly url?: string | undefined;
    readonly path?: string | undefined;
    readonly hashes: Readonly<Record<string, string>>;
    readonly uploadTime?: unknown;
  },
  folder: string,
): LockedFile {
  const { filename, url, path, hashes } = fields;
  const time =
    fields.uploadTime instanceof Date ? fields.uploadTime.getTime() : Date.parse(String(fields.uploadTime));
  return {
    filename: filename ?? filenameOf(url ?? path ?? ""),
    ...optional("url", url),
    ...optional("path", path === undefined ? undefined : resolve(folder, path)),
    hashes,
    ...(Number.isNaN(time) ? {} : { uploadTime: Math.floor(time / 1000) }),
  };
}

/**
 * Of the files of one distribution those that a target can use, wheels first and the best of them in front. All of
 * them when there is none, so that the error to come can name them.
 */
export function usableFiles(files: readonly LockedFile[], tags: readonly string[]): readonly LockedFile[] {
  const byName = new Map(files.map((file) => [file.filename, file]));
  const names = files.filter(isWheel).map(({ filename }) => filename);
  const wheels = sortWheels(names, tags).flatMap((name) => byName.get(name) ?? []);
  const usable = [...wheels, ...files.filter((file) => !isWheel(file))];
  return usable.length > 0 ? usable : files;
}

function isWheel(file: LockedFile): boolean {
  return file.filename.endsWith(".whl");
}
