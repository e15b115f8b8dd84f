import { compareDebianVersions } from "../../deb/version.ts";
import type { PackageEntry } from "../../deb/entry.ts";
import type { PackagePlan } from "../../plan/types.ts";
import type { Migration, MigrationStep } from "../../plan/previous-types.ts";
import { carryMigrations } from "./carry.ts";
import { conffileSteps } from "./conffiles.ts";
import { kindSteps } from "./kinds.ts";
import { shippedBefore, shippedNow } from "./shipped.ts";

/**
 * What the maintainer scripts must do for what older versions left on a machine, oldest first: dropped and renamed
 * conffiles, folders that became links and the other way round; the previous package's own migrations stay, for
 * machines that skip it. `entries` are all of the new package but its documents and folders.
 * @throws VenvdebError PLAN_KIND_CHANGE, PLAN_FOLDER_WITH_CONFFILES, PLAN_BAD_RENAME
 */
export function planMigrations(plan: PackagePlan, entries: readonly PackageEntry[]): Migration[] {
  const { previous } = plan;
  const now = shippedNow(plan, entries);
  const before = previous === undefined ? new Map<never, never>() : shippedBefore(previous);
  const steps = [...kindSteps(before, now), ...conffileSteps(plan, now)];
  const through = newestToMigrate(plan);
  const fresh = steps.map((step): Migration => ({ ...step, through }));
  const known = new Set(fresh.map(keyOf));
  const carried = carryMigrations(plan, now, steps).filter((migration) => !known.has(keyOf(migration)));
  return [...carried, ...fresh];
}

/**
 * All versions before this one, by the tilde that sorts before everything (dpkg-maintscript-helper(1), "Common
 * parameters"); where this one is not newer than the previous package, that one.
 */
function newestToMigrate({ package: { version }, previous }: PackagePlan): string {
  const isNewer = previous === undefined || compareDebianVersions(version, previous.version) > 0;
  return isNewer ? `${version}~` : previous.version;
}

function keyOf({ kind, path }: MigrationStep): string {
  return `${kind} ${path}`;
}
