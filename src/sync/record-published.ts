import type { BuiltJob } from "./built.ts";
import type { SyncPublished } from "./publish.ts";
import type { PublishedKey, PublishedState, SyncJob, SyncPlan } from "./types.ts";

interface RecordInput {
  readonly plan: SyncPlan;
  readonly built: ReadonlyMap<string, BuiltJob>;
  readonly listed: SyncPublished["listed"];
  /** Seconds since 1970. */
  readonly now: number;
}

/** What nothing has wanted for half a year is forgotten, so that the file stays small. */
const KEPT_SECONDS = 180 * 86_400;

/** The state with what was published now. */
export function recordPublished(
  state: PublishedState,
  { plan, built, listed, now }: RecordInput,
): PublishedState {
  const jobs = new Map(plan.jobs.map((job) => [job.key, job]));
  const keys = Object.entries(state.keys).filter(
    ([key, { time }]) => jobs.has(key) || time > now - KEPT_SECONDS,
  );
  const next = new Map<string, PublishedKey>(keys);
  for (const { key, suite, release } of listed) {
    const job = jobs.get(key);
    const former = next.get(key);
    if (job === undefined) continue;
    const suites = { ...former?.suites, [suite]: release };
    const packages = former?.packages ?? packagesOf(built.get(key));
    const refs = [...(former?.refs ?? []), ...job.refs];
    next.set(key, { ...entryOf(job, plan.tool), refs: distinctRefs(refs), time: now, packages, suites });
  }
  return { format: 1, keys: Object.fromEntries(next) };
}

function entryOf(job: SyncJob, tool: string): Omit<PublishedKey, "refs" | "time" | "packages" | "suites"> {
  const { base, source, line, commit, tree, target, version, revision } = job;
  return {
    base,
    source,
    line,
    commit,
    tree,
    target,
    ...(version === undefined ? {} : { version: version.debian }),
    revision,
    tool,
  };
}

function packagesOf(built: BuiltJob | undefined): PublishedKey["packages"] {
  return (built?.packages ?? []).map(({ package: { name, version, architecture }, sha256 }) => ({
    name,
    version,
    architecture,
    sha256,
  }));
}

function distinctRefs(refs: PublishedKey["refs"]): PublishedKey["refs"] {
  return [...new Map(refs.map((ref) => [`${ref.kind} ${ref.name}`, ref])).values()];
}
