import { describe, expect, it } from "vitest";
import { head, plan, published, story } from "../helpers/sync-plan.ts";

function tagged(name: string, letter: string) {
  return head(letter, { tag: name, distance: 0, ref: { kind: "tag", name } });
}

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

  it("two tags of one version at other files are a package and its rebuild, and stay so", () => {
    const heads = [tagged("1.0.0", "a"), tagged("v1.0.0", "b")];
    const built = "build 1.0.0-1, build 1.0.0-1+b1";
    const done = "none 1.0.0-1, none 1.0.0-1+b1";
    expect(story(heads, heads, heads.toReversed())).toEqual([built, done, "none 1.0.0-1+b1, none 1.0.0-1"]);
  });

  it("leaves the version to a project that says it itself", () => {
    const made = plan([head("a")], { source: { version: "project" } });
    expect(made.jobs[0]?.version).toBeUndefined();
    expect(made.jobs[0]?.key).toBe(made.jobs[0]?.base);
  });
});
