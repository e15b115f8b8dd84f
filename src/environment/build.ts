import { join } from "node:path";
import type { Store } from "../cache/store.ts";
import { mkdir } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { Reporter } from "../reporter.ts";
import { acquireWheels, inParallel } from "./acquire.ts";
import { acquireProject } from "./acquire-project.ts";
import { findInconsistencies } from "./inconsistencies.ts";
import { joinEnvironment } from "./join.ts";
import type { KnownTools } from "./kept-tools.ts";
import { findKnownLayers, type KnownLayers } from "./known-layers.ts";
import { resolveRequirements, type ResolvedRequirements } from "./resolve.ts";
import { stageEnvironment } from "./stage.ts";
import type { Acquired, StepContext } from "./steps.ts";
import type { BuiltEnvironment } from "./types.ts";

export interface EnvironmentOptions {
  /** Staging root: stands for `/` of the machine. */
  readonly root: string;
  readonly host: Host;
  readonly reporter: Reporter;
  /** Processes at once. */
  readonly jobs: number;
  /** The project's wheel as `readProjectMetadata` has built it, still in the folder where that was. */
  readonly projectWheel?: string;
  /** As `resolveRequirements` gives it; absent: it is asked here. */
  readonly resolved?: ResolvedRequirements;
  /** What earlier builds have made; absent: everything is made. */
  readonly store?: Store;
  /** What the project's backend needs, where that is known. */
  readonly tools?: KnownTools;
  /** Nothing that an earlier build has made is used, wheels of sources neither. */
  readonly isFresh?: boolean;
}

/**
 * Makes the environment of a plan: exactly the lock, each file held against its RECORD, everything right for the final
 * path, with bytecode, and nothing in it that tells where it was made. Distributions whose layers are kept are taken
 * from there; the others are staged at `<root><environmentPath>`. Empty where the plan has none. Missing or
 * contradicting requirements are warnings: a lock may override them knowingly.
 * @throws VenvdebError INSTALL_* (resolving, fetching, building, installing, RECORD), RELOCATE_* (paths, links, leaks),
 *   TOOL_UV_MISSING, TOOL_PIP_MISSING
 */
export async function buildEnvironment(
  plan: PackagePlan,
  options: EnvironmentOptions,
): Promise<BuiltEnvironment> {
  if (!plan.hasEnvironment) return { root: options.root, distributions: [], skeleton: [] };
  return await withTempDir(async (scratch) => {
    const { installer, distributions } = options.resolved ?? (await resolveRequirements(plan, options));
    const context = {
      ...options,
      plan,
      installer,
      scratch,
      environment: join(options.root, plan.environmentPath),
    };
    await mkdir(options.root, { recursive: true });
    let known: KnownLayers = { layers: new Map(), keys: new Map() };
    const parts = [
      async () => {
        const wheels = await acquireWheels(distributions, context);
        known = await findKnownLayers(wheels, context);
        return wheels;
      },
      async () => await acquireProject(context, options),
    ];
    const acquired = (await inParallel(parts, context.jobs, async (part) => await part())).flat();
    const environment = await stageUnknown(acquired, known, context, options.root);
    tell(environment, context);
    return environment;
  });
}

/** Where the layers don't fit to one another everything is staged, as if there were none. */
async function stageUnknown(
  acquired: readonly Acquired[],
  { layers, keys }: KnownLayers,
  context: StepContext,
  root: string,
): Promise<BuiltEnvironment> {
  const unknown = acquired.filter(({ wheel }) => !layers.has(wheel.name));
  const staged = await stageEnvironment(unknown, keys, context, root);
  return joinEnvironment(staged, layers, acquired) ?? (await stageEnvironment(acquired, keys, context, root));
}

function tell({ distributions }: BuiltEnvironment, { plan, reporter }: StepContext): void {
  const { python } = plan.target;
  for (const problem of findInconsistencies(distributions, python))
    reporter.warning(
      problem,
      "the application may fail when it needs this: lock again, or add the requirement",
    );
  const [first, ...others] = distributions.flatMap(({ uncompiled }) => uncompiled ?? []).toSorted();
  if (first === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  reporter.info(`${first}${more}: no bytecode, it is not Python ${python.minor}`);
}
