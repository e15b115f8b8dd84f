import type { PackagePlan } from "../plan/types.ts";
import { ownScriptLines } from "./own-scripts.ts";
import { renderTemplate } from "./render-template.ts";
import type { SystemPart } from "./types.ts";

/**
 * The project's hook of upgrades: runs when dpkg configures the package, before services start, with the version that
 * was configured last and the new one. Its failure is postinst's, so that dpkg runs it again.
 * @throws VenvdebError SYSTEM_SCRIPT_SHELL
 */
export function contributeMigration(plan: PackagePlan): SystemPart {
  const { migrate } = plan.scripts;
  if (migrate === undefined || migrate.trim() === "") return { entries: [], fragments: {} };
  const { name, version } = plan.package;
  const text = renderTemplate("maintainer-scripts/migrate.postinst.sh.liquid", {
    text: ownScriptLines("migrate", migrate),
    version,
    failed: `${name}: the migration to ${version} ended with an error, which it says above. ${name} is not configured, and its services are as they were. When the cause is gone: dpkg --configure -a`,
  });
  return {
    entries: [],
    fragments: { postinst: [{ origin: "the package's own migrate ([tool.venvdeb.scripts])", text }] },
  };
}
