import { join } from "node:path";
import { readFileSync } from "../effects/fs.ts";
import { rowIsTrue } from "../relocate/record.ts";
import { writeRecord } from "../relocate/records.ts";
import type { Reporter } from "../reporter.ts";
import type { Conflict, VerifiedDistribution } from "./verify.ts";

/** Who wrote each contested path last, whatever order the installer took: the last by name. */
export function winnersOf(conflicts: readonly Conflict[]): string[] {
  return [...new Set(conflicts.flatMap(({ names }) => names.at(-1) ?? []))].toSorted();
}

/** Takes contested paths out of the RECORD of those whose bytes are not there, so that every RECORD stays true. */
export async function dropLostRows(
  environment: string,
  distributions: readonly VerifiedDistribution[],
  conflicts: readonly Conflict[],
): Promise<void> {
  const contested = new Map(conflicts.map(({ path }) => [path, readFileSync(join(environment, path))]));
  for (const { distInfo, rows } of distributions) {
    const kept = rows.filter((row) => {
      const bytes = contested.get(row.path);
      return bytes === undefined || rowIsTrue(row, bytes);
    });
    if (kept.length < rows.length) await writeRecord(environment, { distInfo, rows: kept });
  }
}

/** Says who owns what several brought, one warning a group of distributions. */
export function warnOfConflicts(conflicts: readonly Conflict[], reporter: Reporter): void {
  const groups = new Map<string, Conflict[]>();
  for (const conflict of conflicts) {
    const key = conflict.names.join(" and ");
    groups.set(key, [...(groups.get(key) ?? []), conflict]);
  }
  for (const [names, [first, ...others]] of groups) {
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    reporter.warning(
      `${names} both bring ${first?.path ?? ""}${more}: ${first?.names.at(-1) ?? ""} owns it`,
      "leave one of the two out if you can",
    );
  }
}
