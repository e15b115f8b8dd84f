import type { Host } from "../effects/host.ts";
import { readToolVersion } from "../effects/tool-version.ts";
import { detectRelease } from "../environment/target.ts";
import type { Reporter } from "../reporter.ts";
import { openRepository } from "../repository/open.ts";
import { parseTarget } from "../repository/operations/targets.ts";
import type { OpenRepository } from "../repository/publish.ts";
import { readBuilt, type BuiltJob } from "./built.ts";
import { openFacts } from "./facts.ts";
import { readFailures } from "./failures.ts";
import type { Fleet } from "./fleet/types.ts";
import { syncPlaces, type SyncPlaces } from "./places.ts";
import { planSync } from "./plan.ts";
import { readPublished } from "./published-state.ts";
import { readSources, type SourceOpener } from "./read-sources.ts";
import type { KeptFailure, PublishedState, SyncPlan } from "./types.ts";

/** Everything that a run begins with. */
export interface Survey {
  readonly plan: SyncPlan;
  readonly repository: OpenRepository;
  readonly state: PublishedState;
  readonly places: SyncPlaces;
  /** `debian:bookworm/amd64`. */
  readonly machine: string;
  readonly built: ReadonlyMap<string, BuiltJob>;
  readonly failed: ReadonlyMap<string, KeptFailure>;
}

interface SurveyOptions {
  readonly open: SourceOpener;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly retry: boolean;
  /** What was built and is kept elsewhere than on this machine, by key. */
  readonly built?: ReadonlyMap<string, BuiltJob>;
}

/**
 * Looks at sources, repository and this machine, and plans.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_COMPONENT, SYNC_BAD_STATE, and what `openRepository` throws
 */
export async function surveyFleet(
  fleet: Fleet,
  { open, host, reporter, retry, built: elsewhere }: SurveyOptions,
): Promise<Survey> {
  const places = syncPlaces(fleet.repository.url, host);
  const [machine, known, states, built, failed] = await Promise.all([
    machineTarget(host),
    openWithState(fleet, host),
    reporter.step(sourcesTitle(fleet), async (progress) =>
      readSources(fleet, open, {
        facts: openFacts(host.cacheDirectory),
        onSource: ({ source }, done, total) => progress(source.name, done, total),
      }),
    ),
    elsewhere ?? readBuilt(places.built),
    readFailures(places),
  ]);
  const { repository, state } = known;
  const now = Math.floor(Date.now() / 1000);
  const plan = planSync(fleet, states, state, {
    tool: readToolVersion(),
    machine,
    built: new Set(built.keys()),
    failed,
    retry,
    now,
  });
  for (const { suites } of plan.jobs) for (const suite of suites) parseTarget(repository.settings, suite);
  return { plan, repository, state, places, machine, built, failed };
}

/** `debian:bookworm/amd64`. */
export async function machineTarget(host: Host): Promise<string> {
  const { distribution, codename, architecture } = await detectRelease(undefined, host);
  return `${distribution}:${codename}/${architecture}`;
}

async function openWithState(fleet: Fleet, host: Host) {
  const repository = await openRepository(fleet.repository.url, host);
  return { repository, state: await readPublished(repository.storage) };
}

function sourcesTitle({ sources }: Fleet): string {
  return sources.length === 1 ? "Ask the source" : `Ask ${sources.length} sources`;
}
