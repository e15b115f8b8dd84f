import type { Host } from "../effects/host.ts";
import type { Reporter } from "../reporter.ts";
import { retainPackages } from "../repository/operations/retain.ts";
import type { OpenRepository } from "../repository/publish.ts";
import { PUBLISH_STEPS } from "../repository/publish-steps.ts";
import { chooseSigners, type SignerOptions } from "../repository/sign/choose.ts";
import type { Signer } from "../repository/sign/types.ts";
import type { BuiltJob } from "./built.ts";
import type { FleetRepository } from "./fleet/types.ts";
import { publishPlan, type SyncPublished } from "./publish.ts";
import { updatePublished } from "./published-state.ts";
import { recordPublished } from "./record-published.ts";
import type { PublishedState, SyncPlan } from "./types.ts";

export interface FinishOptions {
  readonly plan: SyncPlan;
  readonly state: PublishedState;
  readonly built: ReadonlyMap<string, BuiltJob>;
  readonly retention: FleetRepository["retention"];
  readonly signers: readonly Signer[];
  readonly host: Host;
  readonly reporter: Reporter;
}

/** Who signs, asked before anything is built: without a key, all the work would be for nothing. */
export async function signersFor(
  { settings }: OpenRepository,
  { publications }: Pick<SyncPlan, "publications">,
  signing: SignerOptions,
  host: Host,
): Promise<readonly Signer[]> {
  return publications.length === 0 ? [] : await chooseSigners(settings.keys, signing, host);
}

/**
 * The end of a run, on one machine alone: publishes what the plan wants, keeps what was published, and takes out what
 * the retention does not keep.
 * @throws VenvdebError SYNC_STATE_BUSY, and what `retainPackages` throws
 */
export async function finishSync(repository: OpenRepository, options: FinishOptions): Promise<SyncPublished> {
  const { plan, state, built, signers, host, reporter, retention } = options;
  if (
    !plan.publications.some(({ keys }) => keys.some((key) => built.has(key) || state.keys[key] !== undefined))
  )
    return { published: [], listed: [], failures: [] };
  const result = await reporter.step("Publish", async (progress) =>
    publishPlan(repository, {
      plan,
      built,
      state,
      jobs: Math.max(2, host.cores),
      options: { signers, onProgress: (step) => progress(PUBLISH_STEPS[step]) },
    }),
  );
  const now = Math.floor(Date.now() / 1000);
  if (result.listed.length > 0)
    await updatePublished(repository.storage, (former) =>
      recordPublished(former, { plan, built, listed: result.listed, now }),
    );
  const isChanged = result.published.some(({ outcome }) => outcome === "published");
  if (retention === undefined || !isChanged) return result;
  const retained = await reporter.step("Retain", async () =>
    retainPackages(repository, { signers, ...retention }),
  );
  return { ...result, published: [...result.published, ...retained.suites.filter(isPublished)] };
}

function isPublished({ outcome }: SyncPublished["published"][number]): boolean {
  return outcome === "published";
}
