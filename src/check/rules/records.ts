import { posix } from "node:path";
import { error } from "../finding.ts";
import { parseRecord, type RecordRow } from "../record.ts";
import { parentOf } from "../scan.ts";
import type { Finding, ObjectFacts, Rule } from "../types.ts";

/** What the RECORD of each distribution says is true of the files that are shipped (PEP 376, PEP 427). */
export const records: Rule = ({ objects }) =>
  [...objects.values()].flatMap(({ path, record }) => {
    if (record === undefined) return [];
    const base = parentOf(parentOf(path));
    return parseRecord(record).flatMap((row) => {
      const file = posix.resolve("/", base, row.path).slice(1);
      return checkRow(row, file, objects, path);
    });
  });

function checkRow(
  row: RecordRow,
  path: string,
  objects: ReadonlyMap<string, ObjectFacts>,
  record: string,
): Finding[] {
  const object = objects.get(path);
  if (object === undefined)
    return [error("record-missing", `/${record} names it, but it is not shipped`, path)];
  if (object.kind !== "file") return [];
  if (row.size !== undefined && row.size !== object.size)
    return [error("record-size", `/${record} says ${row.size} bytes, it has ${object.size}`, path)];
  if (row.algorithm === "sha256" && row.digest?.replace(/=+$/, "") !== object.sha256)
    return [error("record-digest", `/${record} has another digest`, path)];
  return [];
}
