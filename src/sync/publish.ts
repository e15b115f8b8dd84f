import { VenvdebError } from "../errors.ts";
import { addPackages } from "../repository/operations/add.ts";
import { promotePackages } from "../repository/operations/promote.ts";
import type { OpenRepository, PublishOptions } from "../repository/publish.ts";
import type { Published } from "../repository/types.ts";
import type { BuiltJob } from "./built.ts";
import { failureOf } from "./failure-of.ts";
import type { Failure, Publication, PublishedKey, PublishedState, SyncPlan } from "./types.ts";

interface PublishInput {
  readonly plan: Pick<SyncPlan, "publications">;
  /** By key. */
  readonly built: ReadonlyMap<string, BuiltJob>;
  readonly state: PublishedState;
  readonly options: PublishOptions;
  /** Packages that are read at once. */
  readonly jobs: number;
}

export interface SyncPublished {
  readonly published: readonly Published[];
  /** What is listed now: key, suite and release. */
  readonly listed: readonly ListedKey[];
  readonly failures: readonly PublishFailure[];
}

interface ListedKey {
  readonly key: string;
  readonly suite: string;
  readonly release: string;
}

export interface PublishFailure extends Failure {
  readonly suite: string;
  readonly keys: readonly string[];
}

/**
 * Publishes what a plan wants, each suite once: what was built now, and what another suite has already. A suite that
 * cannot be published stops no other. Keys that were not built are left out.
 */
export async function publishPlan(repository: OpenRepository, input: PublishInput): Promise<SyncPublished> {
  const published: Published[] = [];
  const listed: ListedKey[] = [];
  const failures: PublishFailure[] = [];
  for (const publication of input.plan.publications) {
    const fresh = publication.keys.filter((key) => input.built.has(key));
    await attempt(fresh, async (keys) => addBuilt(repository, publication, keys, input));
    const promoted = publication.keys.filter((key) => !input.built.has(key));
    for (const [from, keys] of bySuite(promoted, input.state))
      await attempt(keys, async (some) => promoteKeys(repository, from, publication, some, input));

    async function attempt(keys: readonly string[], run: (keys: readonly string[]) => Promise<Published>) {
      if (keys.length === 0) return;
      try {
        const done = await run(keys);
        published.push(done);
        for (const key of keys) listed.push({ key, suite: publication.suite, release: done.release });
      } catch (error) {
        // One package that does not fit must not keep the others away.
        if (keys.length > 1 && isOfOnePackage(error)) for (const key of keys) await attempt([key], run);
        else failures.push({ suite: publication.suite, keys, ...failureOf(error) });
      }
    }
  }
  return { published, listed, failures };
}

/** Whether an error speaks of a package, not of the repository. */
function isOfOnePackage(error: unknown): boolean {
  return (
    error instanceof VenvdebError &&
    /^(?:REPO_(?:VERSION_CONFLICT|NO_ARCHITECTURE|NO_PACKAGE|BAD_)|DEB_)/.test(error.code)
  );
}

async function addBuilt(
  repository: OpenRepository,
  { suite }: Publication,
  keys: readonly string[],
  { built, options, jobs }: PublishInput,
): Promise<Published> {
  const paths = keys.flatMap((key) => built.get(key)?.packages.map(({ path }) => path) ?? []);
  return await addPackages(repository, { ...options, target: suite, paths, cwd: "/", jobs });
}

/** Keys that a suite has already, by one that has them. */
function bySuite(keys: readonly string[], state: PublishedState): Map<string, string[]> {
  const suites = new Map<string, string[]>();
  for (const key of keys) {
    const [suite] = Object.keys(state.keys[key]?.suites ?? {});
    if (suite !== undefined) suites.set(suite, [...(suites.get(suite) ?? []), key]);
  }
  return suites;
}

async function promoteKeys(
  repository: OpenRepository,
  from: string,
  { suite: to }: Publication,
  keys: readonly string[],
  { state, options }: PublishInput,
): Promise<Published> {
  const selectors = keys.flatMap((key) => selectorsOf(state.keys[key]));
  return await promotePackages(repository, { ...options, from, to, selectors });
}

function selectorsOf(entry: PublishedKey | undefined): string[] {
  return (entry?.packages ?? []).map(
    ({ name, version, architecture }) => `${name}=${version}:${architecture}`,
  );
}
