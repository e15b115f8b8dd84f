import { rm } from "../effects/fs.ts";
import { relocate } from "../relocate/relocate.ts";
import { auditEnvironment } from "./audit.ts";
import { compileBytecode } from "./bytecode.ts";
import { describeEnvironment } from "./describe.ts";
import { installWheels } from "./install.ts";
import { provideEmpty } from "./kept-tools.ts";
import type { Acquired, StepContext } from "./steps.ts";
import type { BuiltEnvironment } from "./types.ts";

/**
 * Makes an environment of exactly these wheels and proves it: files against their RECORD, everything right for the
 * final path, with bytecode, and nothing in it that tells where it was made. What was there before goes.
 * @param keys under which layers may be kept, by name; a distribution that shares a path with another loses its key
 * @throws VenvdebError INSTALL_*, RELOCATE_*
 */
export async function stageEnvironment(
  acquired: readonly Acquired[],
  keys: ReadonlyMap<string, string>,
  context: StepContext,
  root: string,
): Promise<BuiltEnvironment> {
  const { environment, plan, reporter } = context;
  await rm(environment, { recursive: true, force: true });
  await provideEmpty(environment, { ...context, interpreter: plan.target.python });
  const installed = await reporter.step(
    `Install ${acquired.length} distributions`,
    async () => await installWheels(acquired, context),
  );
  await reporter.step(
    "Relocate and check the files",
    async () => await relocateBuilt(acquired, installed.built, context),
  );
  const uncompiled = await reporter.step("Compile bytecode", async () => await compile(context));
  await reporter.step("Audit the environment", async () => await auditEnvironment(acquired, context, root));
  const own = new Map([...keys].filter(([name]) => !installed.sharing.has(name)));
  return describeEnvironment(acquired, context, { root, uncompiled, keys: own });
}

async function relocateBuilt(
  acquired: readonly Acquired[],
  built: readonly string[],
  { plan, environment }: StepContext,
): Promise<void> {
  const replacements = acquired.flatMap((one) => one.replacements);
  await relocate(environment, plan.environmentPath, plan.target.python, { replacements, built });
}

async function compile({ plan, environment, host, jobs }: StepContext): Promise<ReadonlySet<string>> {
  const skipped = await compileBytecode({
    environment,
    finalPath: plan.environmentPath,
    interpreter: plan.target.python,
    host,
    jobs,
  });
  return new Set(skipped);
}
