import { describe, expect, it } from "vitest";
import type { SourceSettings } from "../../src/sync/fleet/types.ts";
import { planSync, type PlanContext } from "../../src/sync/plan.ts";
import { recordPublished } from "../../src/sync/record-published.ts";
import type { Head, PublishedState, SyncPlan } from "../../src/sync/types.ts";

const SOURCE: SourceSettings = {
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

const CONTEXT: PlanContext = {
  tool: "1.0.0",
  machine: "debian:bookworm/amd64",
  built: new Set(),
  failed: new Map(),
  retry: false,
  now: 1_800_000_000,
};

const NOTHING: PublishedState = { format: 1, keys: {} };

/** A head of branch main; `commit` and `tree` are letters. */
function head(
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

function plan(heads: readonly Head[], { state = NOTHING, context, source }: World = {}): SyncPlan {
  const full = { ...SOURCE, ...source };
  const fleet = { file: "/f.toml", repository: { url: "/srv/apt" }, sources: [full] };
  return planSync(fleet, [{ source: full, heads }], state, { ...CONTEXT, ...context });
}

/** The state when everything of a plan was built and published. */
function published(done: SyncPlan, state: PublishedState = NOTHING, now = 1_700_000_000): PublishedState {
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
function story(...steps: readonly (readonly Head[])[]): string[] {
  let state = NOTHING;
  return steps.map((heads, index) => {
    const made = plan(heads, { state });
    state = published(made, state, 1_700_000_000 + index);
    return made.jobs
      .map(({ action, version, revision }) => `${action} ${version?.debian ?? ""}-${revision}`)
      .join(", ");
  });
}

describe("a plan", () => {
  it("is the same for the same states", () => {
    expect(plan([head("a"), head("b", { ref: { kind: "tag", name: "v1.0.0" }, distance: 0 })])).toEqual(
      plan([head("a"), head("b", { ref: { kind: "tag", name: "v1.0.0" }, distance: 0 })]),
    );
  });

  it("has one job for what a branch and a tag both want", () => {
    const tag = head("a", { ref: { kind: "tag", name: "v1.0.0" }, distance: 0, suites: ["stable"] });
    const made = plan([head("a", { distance: 0 }), tag]);
    expect(made.jobs).toHaveLength(1);
    expect(made.jobs[0]).toMatchObject({
      action: "build",
      suites: ["testing", "stable"],
      refs: [{ name: "main" }, { name: "v1.0.0" }],
    });
    expect(made.publications.map(({ suite }) => suite)).toEqual(["testing", "stable"]);
  });

  it("has a job for each target, with its suite and revision", () => {
    const made = plan([head("a", { suites: ["{codename}-testing"] })], {
      source: { targets: ["debian:bookworm/amd64", "debian:trixie/arm64"], revision: "1~{codename}" },
    });
    expect(made.jobs.map(({ target, suites, revision }) => [target, ...suites, revision])).toEqual([
      ["debian:bookworm/amd64", "bookworm-testing", "1~bookworm"],
      ["debian:trixie/arm64", "trixie-testing", "1~trixie"],
    ]);
  });

  it("leaves out what cannot be read, and says so", () => {
    const failure = { code: "VCS_X", message: "gone" };
    const { tree: _tree, ...bare } = head("b", { failure });
    const made = plan([head("a"), bare]);
    expect(made.jobs).toHaveLength(1);
    expect(made.failures).toEqual([{ source: "billing", ref: { kind: "branch", name: "main" }, ...failure }]);
  });
});

describe("versions and keys", () => {
  it.each([
    [
      "nothing new",
      [[head("a")], [head("a")]],
      ["build 1.0.0+git1.gaaaaaaa-1", "none 1.0.0+git1.gaaaaaaa-1"],
    ],
    [
      "a commit that changes other folders",
      [[head("a")], [head("b", { tree: "tree-a", distance: 2 })]],
      ["build 1.0.0+git1.gaaaaaaa-1", "none 1.0.0+git1.gaaaaaaa-1"],
    ],
    [
      "a commit, and one that takes it back",
      [
        [head("a")],
        [head("b", { distance: 2 })],
        [head("c", { tree: "tree-a", distance: 3 })],
        [head("c", { tree: "tree-a", distance: 3 })],
      ],
      [
        "build 1.0.0+git1.gaaaaaaa-1",
        "build 1.0.0+git2.gbbbbbbb-1",
        "build 1.0.0+git3.gccccccc-1",
        "none 1.0.0+git3.gccccccc-1",
      ],
    ],
    [
      "a branch that is rewritten, and rewritten back",
      [
        [head("a", { distance: 4 })],
        [head("b", { distance: 2 })],
        [head("a", { distance: 4 })],
        [head("a", { distance: 4 })],
      ],
      [
        "build 1.0.0+git4.gaaaaaaa-1",
        "build 1.0.0+git5.gbbbbbbb-1",
        "build 1.0.0+git6.gaaaaaaa-1",
        "none 1.0.0+git6.gaaaaaaa-1",
      ],
    ],
    [
      "a tag on what a branch has",
      [
        [head("a")],
        [
          head("a", { tag: "v1.1.0", distance: 0 }),
          head("a", { tag: "v1.1.0", distance: 0, ref: { kind: "tag", name: "v1.1.0" } }),
        ],
        [
          head("a", { tag: "v1.1.0", distance: 0 }),
          head("a", { tag: "v1.1.0", distance: 0, ref: { kind: "tag", name: "v1.1.0" } }),
        ],
      ],
      ["build 1.0.0+git1.gaaaaaaa-1", "build 1.1.0-1", "none 1.1.0-1"],
    ],
    [
      "a tag that is moved, and moved back",
      [
        [head("a", { distance: 0, ref: { kind: "tag", name: "v1.0.0" } })],
        [head("b", { distance: 0, ref: { kind: "tag", name: "v1.0.0" } })],
        [head("b", { distance: 0, ref: { kind: "tag", name: "v1.0.0" } })],
      ],
      ["build 1.0.0-1", "build 1.0.0-1+b1", "none 1.0.0-1+b1"],
    ],
  ] as const)("%s", (_what, steps, expected) => {
    expect(story(...steps)).toEqual(expected);
  });

  it("another venvdeb or other settings build the same version again, under the next revision", () => {
    const state = published(plan([head("a")]));
    const tool = plan([head("a")], { state, context: { tool: "1.1.0" } });
    expect(tool.jobs).toMatchObject([
      { action: "build", revision: "1+b1", reason: expect.stringMatching(/1\.0\.0.*1\.1\.0/) },
    ]);
    const settings = plan([head("a")], { state, source: { compression: "zstd" } });
    expect(settings.jobs).toMatchObject([
      { action: "build", revision: "1+b1", reason: expect.stringContaining("settings") },
    ]);
    const both = plan([head("a")], {
      state: published(tool, state, 1_700_000_001),
      source: { compression: "zstd" },
    });
    expect(both.jobs).toMatchObject([{ action: "build", revision: "1+b2" }]);
  });

  it("leaves the version to a project that says it itself", () => {
    const made = plan([head("a")], { source: { version: "project" } });
    expect(made.jobs[0]?.version).toBeUndefined();
    expect(made.jobs[0]?.key).toBe(made.jobs[0]?.base);
  });
});

describe("what is done about a job, and why", () => {
  const [job] = plan([head("a")]).jobs;
  const failure = {
    key: job?.key ?? "",
    source: "billing",
    refs: [],
    commit: "",
    target: "",
    log: "/log",
    attempts: 2,
    time: CONTEXT.now - 600,
    code: "INSTALL_FAILED",
    message: "it failed",
  };

  it.each([
    ["nothing was published", {}, "build", "nothing of billing was published for debian:bookworm/amd64 yet"],
    [
      "it is built",
      { context: { built: new Set([failure.key]) } },
      "publish",
      "it is built already and not yet published",
    ],
    [
      "it failed a while ago",
      { context: { failed: new Map([[failure.key, failure]]), now: CONTEXT.now + 601 } },
      "build",
      "nothing of billing was published for debian:bookworm/amd64 yet; it failed 2 times and is tried again",
    ],
    [
      "it failed just now",
      { context: { failed: new Map([[failure.key, failure]]) } },
      "wait",
      "it failed 2 times (INSTALL_FAILED) and is tried again after 2027-01-15T08:10:00Z: /log",
    ],
    [
      "it failed just now, and somebody asks",
      { context: { failed: new Map([[failure.key, failure]]), retry: true } },
      "build",
      "nothing of billing was published for debian:bookworm/amd64 yet; it failed 2 times and is tried again",
    ],
  ] as const)("%s", (_what, world, action, reason) => {
    expect(plan([head("a")], world).jobs).toMatchObject([{ action, reason }]);
  });

  it("another suite of what is published is no build", () => {
    const state = published(plan([head("a")]));
    const made = plan(
      [head("a"), head("a", { ref: { kind: "branch", name: "release" }, suites: ["stable"] })],
      { state },
    );
    expect(made.jobs).toMatchObject([
      {
        action: "publish",
        reason: "it is published in testing, and branch main and branch release wants it in stable",
      },
    ]);
    expect(made.publications).toEqual([{ suite: "stable", keys: [failure.key] }]);
  });

  it("a moved branch names both commits, a new one says so", () => {
    const state = published(plan([head("a")]));
    expect(plan([head("b", { distance: 2 })], { state }).jobs[0]?.reason).toBe(
      "branch main moved from aaaaaaaaaaaa to bbbbbbbbbbbb",
    );
    expect(
      plan([head("b", { distance: 2, ref: { kind: "branch", name: "next" } })], { state }).jobs[0]?.reason,
    ).toBe("branch next is new");
  });
});

it("plans 6,000 jobs in less than two seconds", () => {
  const sources = Array.from({ length: 1000 }, (_, index) => ({
    ...SOURCE,
    name: `service-${index}`,
    url: `/srv/git/${index}`,
    revision: "1~{codename}",
    targets: ["bookworm", "trixie", "forky"].flatMap((name) => [
      `debian:${name}/amd64`,
      `debian:${name}/arm64`,
    ]),
  }));
  const fleet = { file: "/f.toml", repository: { url: "/srv/apt" }, sources };
  const states = sources.map((source) => ({ source, heads: [head("a")] }));
  const first = planSync(fleet, states, NOTHING, CONTEXT);
  expect(first.jobs).toHaveLength(6000);
  const state = published(first);
  const started = performance.now();
  const second = planSync(fleet, states, state, CONTEXT);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(new Set(second.jobs.map(({ action }) => action))).toEqual(new Set(["none"]));
});
