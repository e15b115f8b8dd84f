import type { BuildOptions, BuildReport } from "./build-types.ts";
import { storeFolder, storeLimit } from "./cache/limit.ts";
import { withRepair } from "./cache/repair.ts";
import type { SharedStore } from "./cache/shared/store.ts";
import { openStore, type Store } from "./cache/store.ts";
import { trimStore } from "./cache/survey.ts";
import { withScratch } from "./deb/disk-full.ts";
import type { KnownTools } from "./environment/kept-tools.ts";
import { resolveRequirements } from "./environment/resolve.ts";
import type { MadePackage, MakeOptions } from "./make-package.ts";
import type { PackagePlan } from "./plan/types.ts";
import { prepare } from "./plan-package.ts";
import { digestInputs, type DigestedInputs } from "./unchanged/inputs.ts";
import { findUnchanged, rememberBuild } from "./unchanged/remember.ts";

/**
 * Builds one project into one package in `options.output`. What earlier builds have kept is used as far as it goes;
 * the package is the same without.
 * @throws VenvdebError of any stage; then nothing is left in the output folder
 */
export async function buildPackage(options: BuildOptions): Promise<BuildReport> {
  const { host, reporter, noCache = false } = options;
  const folder = storeFolder(host);
  const limit = storeLimit(host);
  const local = noCache ? undefined : await openStore(folder, reporter);
  const shared = local && (await openShared(local, limit, options));
  const store = shared?.store ?? local;
  return await withScratch(async (scratch) => {
    const { plan, projectWheel } = await prepare(options, scratch);
    const resolved = plan.hasEnvironment ? await resolveRequirements(plan, options) : undefined;
    const making = { ...options, ...projectWheel, scratch, ...(resolved ? { resolved } : {}) };
    if (!store) return (await make(plan, making)).report;
    const given = { host, ...projectWheel, ...(resolved ? { resolved } : {}) };
    const first = await digestInputs(plan, given);
    const inputs = first && { store, digest: first.digest, installer: resolved?.installer };
    const unchanged = inputs && (await findUnchanged(inputs, options.output));
    if (unchanged) reporter.info(`Unchanged: ${unchanged.path}`);
    if (unchanged) return unchanged;
    const { report, further } = await withRepair(store, reporter, async (kept) =>
      make(plan, { ...making, ...(kept ? { store: kept, ...toolsFor(local, first) } : {}) }),
    );
    // Nobody can tell which half of a change that came meanwhile is in the package.
    const last = first && (await digestInputs(plan, { ...given, ...first }));
    if (inputs && last?.digest === inputs.digest) await rememberBuild(inputs, report, further);
    await shared?.finish();
    // Where nothing can be removed nothing could be kept either, which is told already; the package is there.
    await trimStore(folder, limit, Date.now()).catch(() => undefined);
    return report;
  });
}

function toolsFor(store: Store | undefined, inputs: DigestedInputs | undefined): { tools?: KnownTools } {
  return store && inputs?.tools ? { tools: { ...inputs.tools, store } } : {};
}

async function openShared(
  local: Store,
  limit: number,
  { host, reporter }: BuildOptions,
): Promise<SharedStore | undefined> {
  const url = host.env["VENVDEB_SHARED_CACHE"] ?? "";
  if (url === "") return undefined;
  const { openBehind } = await import("./cache/shared/behind.ts");
  return await openBehind(local, url, { host, reporter, limit });
}

/** Where nothing has changed, loading the stages would take longer than all the rest. */
async function make(plan: PackagePlan, options: MakeOptions): Promise<MadePackage> {
  const { makePackage } = await import("./make-package.ts");
  return await makePackage(plan, options);
}
