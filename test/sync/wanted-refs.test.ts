import { expect, it } from "vitest";
import type { SourceSettings } from "../../src/sync/fleet/types.ts";
import { wantedRefs } from "../../src/sync/wanted-refs.ts";

const SOURCE: SourceSettings = {
  name: "billing",
  kind: "git",
  url: "/srv/git/billing",
  targets: [],
  branches: [
    { pattern: "main", suite: "testing" },
    { pattern: "release/*", suite: "staging" },
    { pattern: "release/1.?", suite: "never" },
  ],
  tags: [
    { pattern: "v*rc*", suite: "testing" },
    { pattern: "v*", suite: "stable" },
  ],
  newestTags: 2,
  version: "history",
  revision: "1",
};

it("the first pattern that fits a name says its suite; of tags the newest versions are wanted", () => {
  const branches = ["main", "mainly", "release/1.2", "release/2", "try/x"].map(
    (name) => ({ kind: "branch", name, commit: name }) as const,
  );
  const tags = ["v1.9.0", "v1.10.0", "v1.10.0rc1", "v2.0.0rc2", "v1.2", "vacation", "w1", "v1.10.0.dev3"].map(
    (name) => ({ kind: "tag", name, commit: name }) as const,
  );
  expect(
    wantedRefs(SOURCE, [...branches, ...tags]).map(
      ({ ref, suites }) => `${ref.kind} ${ref.name} ${suites.join()}`,
    ),
  ).toEqual([
    "branch main testing",
    "branch release/1.2 staging",
    "branch release/2 staging",
    "tag v2.0.0rc2 testing",
    "tag v1.10.0rc1 testing",
    "tag v1.10.0 stable",
    "tag v1.10.0.dev3 stable",
  ]);
});

it("a pattern of many stars takes no time", () => {
  const rule = { pattern: `${"*a".repeat(50)}*b`, suite: "x" };
  const ref = { kind: "branch", name: "a".repeat(250), commit: "1" } as const;
  const started = performance.now();
  expect(wantedRefs({ ...SOURCE, branches: [{ pattern: "**********z", suite: "x" }] }, [ref])).toEqual([]);
  expect(performance.now() - started).toBeLessThan(500);
  expect(rule.pattern.length).toBeLessThan(200);
});
