import { posix } from "node:path";
import type { BuiltEnvironment } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { Reporter } from "../reporter.ts";
import { readSystemCatalog } from "./catalog.ts";
import { resolveDependencies } from "./resolve.ts";
import { scanObjects, type ScannedFile } from "./scan.ts";
import type { ObjectFacts, ResolvedDependencies } from "./types.ts";
import { wellKnownAdvice } from "./well-known.ts";

export interface ResolvedLibraries extends ResolvedDependencies {
  readonly objects: readonly ObjectFacts[];
}

/**
 * Reads every ELF object of an environment and finds the packages whose libraries they load. What is odd but allowed,
 * and what no object can say, goes to the reporter.
 * @throws VenvdebError DEPENDS_*
 */
export async function resolveLibraries(
  plan: PackagePlan,
  environment: BuiltEnvironment,
  reporter: Reporter,
): Promise<ResolvedLibraries> {
  if (!plan.hasEnvironment) return { relations: [], warnings: [], libraries: [], objects: [] };
  const { target, shlibs: policy } = plan;
  const { architecture, codename } = target;
  const catalog = await readSystemCatalog({ architecture, codename, multiarch: target.python.multiarch });
  const objects = await readObjects(plan, environment);
  const resolved = resolveDependencies({ objects, catalog, policy, target });
  const declared = [
    ...plan.relations.depends,
    ...plan.relations.recommends,
    ...resolved.relations.map((one) => one.relation),
  ];
  for (const { message, hint } of [
    ...resolved.warnings,
    ...wellKnownAdvice(environment.distributions, declared, codename),
  ])
    reporter.warning(message, hint);
  return { ...resolved, objects };
}

/** In the order of the distributions; of those that an earlier build has made, as it has found them. */
async function readObjects(
  plan: PackagePlan,
  { root, distributions, skeleton }: BuiltEnvironment,
): Promise<ObjectFacts[]> {
  const place = (file: string) => posix.join(plan.environmentPath, file).slice(1);
  const objects = await scanObjects(
    root,
    skeleton.map((file) => ({ path: place(file) })),
  );
  for (const { name, files, kept } of distributions) {
    const scanned = files.map((file): ScannedFile => ({ path: place(file), distribution: name }));
    objects.push(...(kept?.objects ?? (await scanObjects(root, scanned))));
  }
  return objects;
}
