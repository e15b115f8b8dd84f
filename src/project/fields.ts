import { messageOf, VenvdebError } from "../errors.ts";
import { parseRequirement } from "../python/requirement.ts";
import { isTable, valueOf, type TomlTable } from "../toml.ts";

/** A table of a file, with its place for messages. */
export interface Place {
  readonly file: string;
  /** `project.urls`; empty for the whole file. */
  readonly path: string;
  readonly table: TomlTable;
}

/**
 * A text, or undefined where there is none.
 * @throws VenvdebError PROJECT_BAD_METADATA when it is something else; so do all below
 */
export function textAt(place: Place, key: string): string | undefined {
  const value = valueOf(place.table, key);
  if (value === undefined || typeof value === "string") return value;
  throw badField(place, key, value, "a text");
}

/** A table, empty where there is none. */
export function tableAt(place: Place, key: string): Place {
  const value = valueOf(place.table, key) ?? {};
  if (!isTable(value)) throw badField(place, key, value, "a table");
  return { file: place.file, path: pathOf(place, key), table: value };
}

/** A list of anything, empty where there is none. */
export function listAt(place: Place, key: string): readonly unknown[] {
  const value = valueOf(place.table, key) ?? [];
  if (!Array.isArray(value)) throw badField(place, key, value, "a list");
  return value;
}

/** A list of texts, empty where there is none. */
export function textsAt(place: Place, key: string): readonly string[] {
  return listAt(place, key).map((value) => {
    if (typeof value !== "string") throw badField(place, key, value, "a list of texts");
    return value;
  });
}

/** A list of PEP 508 lines: each is read, since a line such as `--index-url` would be an option to an installer. */
export function requirementsAt(place: Place, key: string): readonly string[] {
  const lines = textsAt(place, key);
  for (const line of lines) checkRequirement(place, key, line);
  return lines;
}

/** Refuses a line that is no requirement. */
export function checkRequirement(place: Place, key: string, line: string): void {
  try {
    parseRequirement(line);
  } catch (error) {
    throw new VenvdebError(
      "PROJECT_BAD_METADATA",
      `Cannot read "${place.file}": ${pathOf(place, key)}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The error for a field that has the wrong form. */
export function badField(place: Place, key: string, value: unknown, wanted: string): VenvdebError {
  return new VenvdebError(
    "PROJECT_BAD_METADATA",
    `Cannot read "${place.file}": ${pathOf(place, key)} is ${kindOf(value)} (${wanted} is wanted)`,
  );
}

function pathOf(place: Place, key: string): string {
  return place.path === "" ? key : `${place.path}.${key}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return `the text ${JSON.stringify(value)}`;
  return typeof value === "object" ? "a table" : JSON.stringify(value);
}
