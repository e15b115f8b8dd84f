import { describe, expect, it } from "vitest";
import { planSync } from "../../src/sync/plan.ts";
import { CONTEXT, head, NOTHING, plan, published, SOURCE } from "../helpers/sync-plan.ts";

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
    expect(made.jobs.map(({ target, suites, revision }) => [target, suites.join(), revision])).toEqual([
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
  const started = process.cpuUsage();
  const second = planSync(fleet, states, state, CONTEXT);
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  expect(new Set(second.jobs.map(({ action }) => action))).toEqual(new Set(["none"]));
});
