import { parse } from "toml";
import { messageOf, VenvdebError, type ErrorCode } from "./errors.ts";
import { parseSimpleToml } from "./simple-toml.ts";

/** A table of TOML. None that `parseToml` gives has a prototype, so no key can reach one. */
export type TomlTable = Readonly<Record<string, unknown>>;

/**
 * Reads the bytes of a TOML file.
 * @throws VenvdebError with `code` and the place when it is no UTF-8 or no TOML
 */
export function parseToml(bytes: Uint8Array, file: string, code: ErrorCode): TomlTable {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return parseSimpleToml(text) ?? parse(text);
  } catch (error) {
    const reason = error instanceof TypeError ? "it is not UTF-8" : messageOf(error);
    throw new VenvdebError(code, `Cannot read "${file}${placeOf(error)}": ${reason} (wanted: valid TOML)`, {
      exitCode: 2,
      cause: error,
    });
  }
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a key of a table; undefined when it is no table or has no such key. */
export function valueOf(table: unknown, key: string): unknown {
  return isTable(table) && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The parser says where in one of two ways: syntax errors have a location, semantic ones a line and column. */
function placeOf(error: unknown): string {
  const place = valueOf(valueOf(error, "location"), "start") ?? error;
  const [line, column] = [valueOf(place, "line"), valueOf(place, "column")];
  if (typeof line !== "number") return "";
  return typeof column === "number" ? `:${line}:${column}` : `:${line}`;
}
