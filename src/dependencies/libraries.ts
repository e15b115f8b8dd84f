import { posix } from "node:path";
import { digestOf } from "../cache/digest.ts";
import type { Store } from "../cache/store.ts";
import { programDigest } from "../effects/program-digest.ts";
import type { BuiltEnvironment } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { Reporter } from "../reporter.ts";
import { readSystemCatalog } from "./catalog.ts";
import { describeMachine } from "./machine-state.ts";
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
  { reporter, store }: { readonly reporter: Reporter; readonly store?: Store },
): Promise<ResolvedLibraries> {
  if (!plan.hasEnvironment) return { relations: [], warnings: [], libraries: [], objects: [] };
  const { codename } = plan.target;
  const objects = await readObjects(plan, environment);
  const resolved = await remembered(plan, objects, store);
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

/** The same objects on a machine with the same packages need the same as when an earlier build has asked. */
async function remembered(
  plan: PackagePlan,
  objects: readonly ObjectFacts[],
  store: Store | undefined,
): Promise<ResolvedDependencies> {
  const { target, shlibs: policy } = plan;
  const resolve = async () => {
    const { architecture, codename } = target;
    const catalog = await readSystemCatalog({ architecture, codename, multiarch: target.python.multiarch });
    return resolveDependencies({ objects, catalog, policy, target });
  };
  if (!store) return await resolve();
  const key = digestOf([programDigest(), describeMachine(), target, policy, objects]);
  const note = await store.readNote("link", key);
  if (isResolved(note)) return note;
  const { relations, warnings, libraries } = await resolve();
  const resolved = { relations, warnings, libraries };
  await store.writeNote("link", key, resolved);
  return resolved;
}

/** Written under such keys by this very program. */
function isResolved(note: unknown): note is ResolvedDependencies {
  return typeof note === "object" && note !== null && "libraries" in note;
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
