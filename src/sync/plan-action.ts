import type { KeptFailure, PublishedKey, RefName, SyncJob } from "./types.ts";

/** What is known besides of what is published. */
export interface Known {
  /** Keys whose packages are built and wait to be published. */
  readonly built: ReadonlySet<string>;
  /** By key. */
  readonly failed: ReadonlyMap<string, KeptFailure>;
  /** Failed jobs are tried again at once. */
  readonly retry: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

interface ActionContext extends Known {
  readonly tool: string;
  readonly published: Readonly<Record<string, PublishedKey>>;
  /** Of the job's line, the latest first. */
  readonly history: readonly (PublishedKey & { readonly key: string })[];
}

/** What is done about a job, and the sentence that says why. */
export function chooseAction(job: SyncJob, context: ActionContext): Pick<SyncJob, "action" | "reason"> {
  const entry = context.published[job.key];
  if (entry !== undefined) return publishedAction(job, entry);
  if (context.built.has(job.key))
    return { action: "publish", reason: "it is built already and not yet published" };
  const reason = buildReason(job, context);
  const failure = context.failed.get(job.key);
  if (failure === undefined) return { action: "build", reason };
  const times = failure.attempts === 1 ? "once" : `${failure.attempts} times`;
  const next = failure.time + backoff(failure.attempts);
  if (context.retry || context.now >= next)
    return { action: "build", reason: `${reason}; it failed ${times} and is tried again` };
  return {
    action: "wait",
    reason: `it failed ${times} (${failure.code}) and is tried again after ${isoTime(next)}: ${failure.log}`,
  };
}

/** Seconds: ten minutes at first, twice as long each time, at most a day. */
export function backoff(attempts: number): number {
  return Math.min(600 * 2 ** Math.min(attempts - 1, 20), 86_400);
}

function publishedAction(job: SyncJob, entry: PublishedKey): Pick<SyncJob, "action" | "reason"> {
  const there = Object.keys(entry.suites);
  const missing = job.suites.filter((suite) => !there.includes(suite));
  if (missing.length === 0)
    return { action: "none", reason: `it is published in ${listed(job.suites)} already` };
  return {
    action: "publish",
    reason: `it is published in ${listed(there)}, and ${listed(job.refs.map(refText))} wants it in ${listed(missing)}`,
  };
}

function buildReason(job: SyncJob, { history, tool }: ActionContext): string {
  const ref = listed(job.refs.map(refText));
  const last = history.find((entry) =>
    entry.refs.some((name) => job.refs.some((each) => isSame(each, name))),
  );
  if (last === undefined) {
    const same = history.find(({ tree }) => tree === job.tree);
    if (same !== undefined && job.version !== undefined)
      return `${ref} gives its files another version than ${same.version ?? "before"}`;
    if (history.length > 0) return `${ref} is new`;
    return `nothing of ${job.source} was published for ${job.target} yet`;
  }
  if (last.tree !== job.tree) return `${ref} moved from ${short(last.commit)} to ${short(job.commit)}`;
  if (job.version !== undefined && last.version !== job.version.debian)
    return `${ref} is version ${job.version.debian} now, and was ${last.version ?? "without one"}`;
  if (last.tool !== tool) return `${ref} was built by venvdeb ${last.tool}, and this is ${tool}`;
  return `settings of ${job.source} in the fleet file have changed`;
}

function isSame(a: RefName, b: RefName): boolean {
  return a.kind === b.kind && a.name === b.name;
}

export function refText({ kind, name }: RefName): string {
  return `${kind} ${name}`;
}

function listed(names: readonly string[]): string {
  return names.join(", ").replace(/, ([^,]*)$/, " and $1");
}

/** Of git and hg; Subversion's is short. */
export function short(commit: string): string {
  return /^[0-9a-f]{40,64}$/.test(commit) ? commit.slice(0, 12) : commit;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
