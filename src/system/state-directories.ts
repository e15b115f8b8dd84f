import { posix } from "node:path";
import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { requireDirectoryName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * Purge removes what the services kept below /var/lib, /var/log and /var/cache (Policy 10.8): the folders that
 * systemd made for them by name, unless another package owns one. Nothing else is guessed at.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeStateDirectories(plan: PackagePlan): SystemPart {
  const paths = new Set(plan.services.flatMap(statePaths));
  // The last becomes the first: prerm and postrm run their blocks backwards, and a folder goes before its parent.
  const fragments = [...paths].flatMap((path) => removeParents(path).concat(removeDirectory(plan, path)));
  return { entries: [], fragments: { postrm: fragments } };
}

function statePaths({ stateDirectory, logsDirectory, cacheDirectory }: ServicePlan): string[] {
  return [
    ["/var/lib", stateDirectory],
    ["/var/log", logsDirectory],
    ["/var/cache", cacheDirectory],
  ].flatMap(([parent = "", name]) =>
    name === undefined ? [] : [posix.join(parent, requireDirectoryName(name))],
  );
}

function removeDirectory(plan: PackagePlan, path: string): Fragment {
  return {
    origin: `data of the services in ${path}`,
    text: renderTemplate("maintainer-scripts/state-directory.postrm.sh.liquid", {
      path,
      package: plan.package.name,
      warning: `${plan.package.name}: ${path} was not removed`,
    }),
  };
}

/** The folders between /var/lib (or its like) and the path, outermost first. */
function removeParents(path: string): Fragment[] {
  const parts = path.split("/");
  return parts.slice(4).map((_part, index) => {
    const parent = parts.slice(0, 4 + index).join("/");
    return {
      origin: `folder above data of the services: ${parent}`,
      text: renderTemplate("maintainer-scripts/state-parent.postrm.sh.liquid", { path: parent }),
    };
  });
}
