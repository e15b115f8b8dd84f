import type { PackagePlan } from "../plan/types.ts";
import { requirePath } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { SystemPart } from "./types.ts";

/**
 * Keeps the environment's folder to what dpkg knows: bytecode that others wrote there goes before each upgrade and
 * removal, empty folders after. Nothing outside the folder is touched.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeEnvironment(plan: PackagePlan): SystemPart {
  if (!plan.hasEnvironment) return { entries: [], fragments: {} };
  const path = requirePath(plan.environmentPath);
  const origin = `the virtual environment in ${path}`;
  return {
    entries: [],
    fragments: {
      prerm: [
        {
          origin,
          text: renderTemplate("maintainer-scripts/environment.prerm.sh.liquid", {
            path,
            package: plan.package.name,
          }),
        },
      ],
      postrm: [{ origin, text: renderTemplate("maintainer-scripts/environment.postrm.sh.liquid", { path }) }],
    },
  };
}
