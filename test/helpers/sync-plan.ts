import type { SourceSettings } from "../../src/sync/fleet/types.ts";
import { planSync, type PlanContext } from "../../src/sync/plan.ts";
import { recordPublished } from "../../src/sync/record-published.ts";
import type { Head, PublishedState, SyncPlan } from "../../src/sync/types.ts";

export const SOURCE: SourceSettings = {
  name: "billing",
  kind: "git",
  url: "/srv/git/billing",
  targets: ["debian:bookworm/amd64"],
  branches: [],
  tags: [],
  newestTags: 1,
  version: "history",
  revision: "1",
};

export const CONTEXT: PlanContext = {
  tool: "1.0.0",
  machine: "debian:bookworm/amd64",
  built: new Set(),
  failed: new Map(),
  retry: false,
  now: 1_800_000_000,
};

export const NOTHING: PublishedState = { format: 1, keys: {} };

/** A head of branch main; `commit` and `tree` are letters. */
export function head(
  letter: string,
  changes: Partial<Head> & { readonly tag?: string; readonly distance?: number } = {},
): Head {
  const { tag = "v1.0.0", distance = 1, ...rest } = changes;
  const commit = letter.repeat(40);
  const date = new Date(0);
  return {
    ref: { kind: "branch", name: "main" },
    suites: ["testing"],
    commit,
    tree: `tree-${letter}`,
    description: { kind: "git", tag, distance, commit, date },
    ...rest,
  };
}

interface World {
  readonly state?: PublishedState;
  readonly context?: Partial<PlanContext>;
  readonly source?: Partial<SourceSettings>;
}

export function plan(heads: readonly Head[], { state = NOTHING, context, source }: World = {}): SyncPlan {
  const full = { ...SOURCE, ...source };
  const fleet = { file: "/f.toml", repository: { url: "/srv/apt" }, sources: [full] };
  return planSync(fleet, [{ source: full, heads }], state, { ...CONTEXT, ...context });
}

/** The state when everything of a plan was built and published. */
export function published(
  done: SyncPlan,
  state: PublishedState = NOTHING,
  now = 1_700_000_000,
): PublishedState {
  const built = new Map(
    done.jobs.map(({ key, version, revision }) => [
      key,
      {
        key,
        packages: [
          {
            path: "/x.deb",
            size: 1,
            sha256: "0",
            installedSize: 1,
            package: {
              name: "billing",
              version: `${version?.debian ?? "0"}-${revision}`,
              architecture: "all",
            },
          },
        ],
      },
    ]),
  );
  const listed = done.publications.flatMap(({ suite, keys }) =>
    keys.map((key) => ({ key, suite, release: "20260101T000000Z" })),
  );
  return recordPublished(state, { plan: done, built, listed, now });
}

/** Plans and publishes one set of heads after the other; gives what each did: `build 1.0.0-1`. */
export function story(...steps: readonly (readonly Head[])[]): string[] {
  let state = NOTHING;
  return steps.map((heads, index) => {
    const made = plan(heads, { state });
    state = published(made, state, 1_700_000_000 + index);
    return made.jobs
      .map(({ action, version, revision }) => `${action} ${version?.debian ?? ""}-${revision}`)
      .join(", ");
  });
}
