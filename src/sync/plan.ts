import type { Fleet, SourceSettings } from "./fleet/types.ts";
import { describeHistory, planVersion, versionFact } from "./plan-version.ts";
import { keyOf, lineOf } from "./keys.ts";
import { chooseAction, type Known } from "./plan-action.ts";
import type { Head, Publication, PublishedState, SourceState, SyncJob, SyncPlan } from "./types.ts";

export interface PlanContext extends Known {
  /** Version of venvdeb. */
  readonly tool: string;
  /** `debian:bookworm/amd64`: for sources that name no target. */
  readonly machine: string;
}

/**
 * What is to be done so that the repository has what the fleet wants: one job for each source, commit and target, with
 * its key and the reason why it runs or not, and one publication for each suite that gets packages. Pure: the same states
 * give the same plan, whichever machine asks.
 */
export function planSync(
  fleet: Pick<Fleet, "repository">,
  states: readonly SourceState[],
  published: PublishedState,
  context: PlanContext,
): SyncPlan {
  const lines = historyByLine(published);
  const jobs = new Map<string, SyncJob>();
  for (const { source, heads } of states)
    for (const head of heads)
      for (const target of source.targets.length === 0 ? [context.machine] : source.targets) {
        const job = planJob(source, head, target, { ...context, published, lines });
        if (job !== undefined) jobs.set(job.key, joinJobs(jobs.get(job.key), job));
      }
  const planned = [...jobs.values()].map((job): SyncJob => {
    const history = lines.get(job.line) ?? [];
    const { action, reason } = chooseAction(job, { ...context, published: published.keys, history });
    return Object.assign(job, { action, reason });
  });
  return {
    format: 1,
    tool: context.tool,
    repository: fleet.repository.url,
    jobs: planned,
    publications: publicationsOf(planned, published),
    failures: states.flatMap(failuresOf),
  };
}

/** What was published on each line, the latest first. */
function historyByLine({ keys }: PublishedState): Map<string, KeyedEntry[]> {
  const lines = new Map<string, KeyedEntry[]>();
  for (const [key, entry] of Object.entries(keys)) {
    const line = lines.get(entry.line);
    if (line === undefined) lines.set(entry.line, [{ ...entry, key }]);
    else line.push({ ...entry, key });
  }
  for (const line of lines.values()) line.sort((a, b) => b.time - a.time);
  return lines;
}

type KeyedEntry = PublishedState["keys"][string] & { readonly key: string };

interface JobContext extends PlanContext {
  readonly published: PublishedState;
  readonly lines: ReadonlyMap<string, readonly KeyedEntry[]>;
}

function planJob(
  source: SourceSettings,
  head: Head,
  target: string,
  context: JobContext,
): SyncJob | undefined {
  const { tree, commit, ref } = head;
  if (tree === undefined) return undefined;
  const line = lineOf(source, target);
  const settledRevision = fillTarget(source.revision, target);
  const { compression } = source;
  const natural = describeHistory(source, head);
  const base = keyOf({
    line,
    tree,
    version: versionFact(natural, head),
    revision: settledRevision,
    compression,
    tool: context.tool,
  });
  const history = context.lines.get(line) ?? [];
  const chosen = planVersion({ source, head, base, natural, revision: settledRevision, history });
  const since = history.find(({ refs }) =>
    refs.some(({ name, kind }) => name === ref.name && kind === ref.kind),
  );
  return {
    ...chosen,
    base,
    source: source.name,
    kind: source.kind,
    url: source.url,
    ...(source.path === undefined ? {} : { path: source.path }),
    ...(source.submodules === undefined ? {} : { submodules: source.submodules }),
    ...(source.buildNetwork === undefined ? {} : { buildNetwork: source.buildNetwork }),
    refs: [ref],
    commit,
    ...((since ?? history[0]) === undefined ? {} : { since: (since ?? history[0])?.commit ?? "" }),
    target,
    ...(compression === undefined ? {} : { compression }),
    line,
    tree,
    suites: [...new Set(head.suites.map((suite) => fillTarget(suite, target)))],
    action: "none",
    reason: "",
  };
}

/** `debian:bookworm/amd64`. */
function fillTarget(text: string, target: string): string {
  const [, distribution = "", codename = ""] = /^([^:]*):([^/]*)\//.exec(target) ?? [];
  return text.replaceAll("{codename}", codename).replaceAll("{distribution}", distribution);
}

/** Refs that come to one key are one job. A branch that several sources of one place build is told by the first. */
function joinJobs(former: SyncJob | undefined, job: SyncJob): SyncJob {
  if (former === undefined) return job;
  return {
    ...former,
    refs: [...former.refs, ...job.refs],
    suites: [...new Set([...former.suites, ...job.suites])],
  };
}

function publicationsOf(jobs: readonly SyncJob[], { keys }: PublishedState): Publication[] {
  const bySuite = new Map<string, string[]>();
  for (const { key, suites, action } of jobs) {
    if (action !== "build" && action !== "publish") continue;
    for (const suite of suites)
      if (keys[key]?.suites[suite] === undefined) bySuite.set(suite, [...(bySuite.get(suite) ?? []), key]);
  }
  return [...bySuite].map(([suite, wanted]) => ({ suite, keys: wanted }));
}

function failuresOf({ source, heads, failure }: SourceState): SyncPlan["failures"] {
  return [
    ...(failure === undefined ? [] : [{ source: source.name, ...failure }]),
    ...heads.flatMap(({ ref, failure: own }) =>
      own === undefined ? [] : [{ source: source.name, ref, ...own }],
    ),
  ];
}
