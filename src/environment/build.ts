import { join } from "node:path";
import { mkdir } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import type { PackagePlan } from "../plan/types.ts";
import { relocate } from "../relocate/relocate.ts";
import type { Reporter } from "../reporter.ts";
import { acquireWheels, inParallel } from "./acquire.ts";
import { acquireProject } from "./acquire-project.ts";
import { auditEnvironment } from "./audit.ts";
import { compileBytecode } from "./bytecode.ts";
import { createEnvironment } from "./create.ts";
import { describeEnvironment } from "./describe.ts";
import { installWheels } from "./install.ts";
import { chooseInstaller } from "./installers/choose.ts";
import { resolveDistributions } from "./resolve.ts";
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
}

/**
 * Makes the environment of a plan at `<root><environmentPath>`: exactly the lock, each file held against its RECORD,
 * everything right for the final path, with bytecode, and nothing in it that tells where it was made. Empty where the
 * plan has none.
 * @throws VenvdebError INSTALL_* (resolving, fetching, building, installing, RECORD), RELOCATE_* (paths, links, leaks),
 *   TOOL_UV_MISSING, TOOL_PIP_MISSING
 */
export async function buildEnvironment(
  plan: PackagePlan,
  options: EnvironmentOptions,
): Promise<BuiltEnvironment> {
  if (!plan.hasEnvironment) return { root: options.root, distributions: [], skeleton: [] };
  return await withTempDir(async (scratch) => {
    const context = await prepare(plan, options, scratch);
    const { environment, reporter } = context;
    const parts = [
      async () => {
        await createEnvironment(environment, plan.target.python, options.host);
        return await acquireWheels(await resolveDistributions(context), context);
      },
      async () => await acquireProject(context, options.projectWheel),
    ];
    const acquired = (await inParallel(parts, context.jobs, async (part) => await part())).flat();
    const installed = await reporter.step(
      `Install ${acquired.length} distributions`,
      async () => await installWheels(acquired, context),
    );
    await reporter.step(
      "Relocate and check the files",
      async () => await relocateBuilt(acquired, installed.built, context),
    );
    await reporter.step("Compile bytecode", async () => await compile(context));
    await reporter.step(
      "Audit the environment",
      async () => await auditEnvironment(acquired, context, options.root),
    );
    return describeEnvironment(acquired, context, options.root);
  });
}

async function prepare(
  plan: PackagePlan,
  options: EnvironmentOptions,
  scratch: string,
): Promise<StepContext> {
  const { host, reporter, jobs, root } = options;
  await mkdir(root, { recursive: true });
  const installer = await chooseInstaller(plan, host, reporter);
  return { plan, host, reporter, jobs, scratch, installer, environment: join(root, plan.environmentPath) };
}

async function relocateBuilt(
  acquired: readonly Acquired[],
  built: readonly string[],
  { plan, environment }: StepContext,
): Promise<void> {
  const replacements = acquired.flatMap((one) => one.replacements);
  await relocate(environment, plan.environmentPath, plan.target.python, { replacements, built });
}

async function compile({ plan, environment, host, jobs, reporter }: StepContext): Promise<void> {
  const skipped = await compileBytecode({
    environment,
    finalPath: plan.environmentPath,
    interpreter: plan.target.python,
    host,
    jobs,
  });
  const [first] = skipped;
  if (first === undefined) return;
  const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : "";
  reporter.info(`${first}${more}: no bytecode, it is not Python ${plan.target.python.minor}`);
}
