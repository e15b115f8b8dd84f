import { parseRelation } from "../deb/relations.ts";
import { VenvdebError } from "../errors.ts";
import type { PackagePlan } from "../plan/types.ts";
import { openMachineRoot } from "./machine-root.ts";
import { openPackageFiles, type PackageFiles } from "./package-files.ts";
import type { ExplainedRelation } from "./types.ts";

/**
 * Refuses an awaited trigger that a package fires which ours depends on: it would wait for us, we for it, and dpkg
 * gives up with "cycle found while processing triggers". Packages that are not installed here are not known.
 * @param root absolute folder with the file system of the target
 * @throws VenvdebError DEPENDS_TRIGGER_CYCLE
 */
export function checkAwaitedTriggers(
  plan: PackagePlan,
  relations: readonly ExplainedRelation[],
  root = "/",
): void {
  const { interest } = plan.triggers;
  if (interest.length === 0) return;
  const files = openPackageFiles(openMachineRoot(root), plan.target.architecture);
  const depends = relations.filter(({ field }) => field === "Depends").map(({ relation }) => relation);
  const names = [...depends, ...plan.relations.preDepends].flatMap((relation) =>
    parseRelation(relation).map(({ name }) => name),
  );
  for (const trigger of interest) {
    const { python } = plan.target;
    const owner = isAt(python.path, trigger)
      ? `python${python.minor}`
      : names.find((name) => fires(name, trigger, files));
    if (owner !== undefined) throw cycle(trigger, owner);
  }
}

function fires(name: string, trigger: string, files: PackageFiles): boolean {
  if (!trigger.startsWith("/")) {
    const lines = files.readControlFile(name, "triggers")?.split("\n") ?? [];
    return lines.some((line) => /^\s*activate(?:-await)?\s+(\S+)/.exec(line)?.[1] === trigger);
  }
  const list = files.readControlFile(name, "list")?.split("\n") ?? [];
  return list.some((path) => isAt(path, trigger));
}

/** A trigger on a folder fires for all that is below it. */
function isAt(path: string, trigger: string): boolean {
  return path === trigger || path.startsWith(`${trigger}/`);
}

function cycle(trigger: string, owner: string): VenvdebError {
  return new VenvdebError(
    "DEPENDS_TRIGGER_CYCLE",
    `Cannot wait with interest for "${trigger}": it is fired by ${owner}, which the package depends on (wanted: a trigger that makes nobody wait for itself)`,
    { hint: "move it to interest-noawait in [tool.venvdeb.triggers]", exitCode: 2 },
  );
}
