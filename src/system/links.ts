import { posix } from "node:path";
import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { LinkPlan } from "../plan/system-types.ts";
import { requirePath } from "./names.ts";
import type { SystemPart } from "./types.ts";

/**
 * Symbolic links, relative within one top-level folder and absolute across (Policy 10.5).
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeLinks(plan: PackagePlan): SystemPart {
  return { entries: plan.links.map(makeLink), fragments: {} };
}

function makeLink({ path, target }: LinkPlan): PackageEntry {
  return {
    kind: "symlink",
    path: requirePath(path).slice(1),
    mode: 0o777,
    target:
      topFolder(path) === topFolder(target)
        ? posix.relative(posix.dirname(path), target)
        : requirePath(target),
  };
}

function topFolder(path: string): string | undefined {
  return path.split("/")[1];
}
