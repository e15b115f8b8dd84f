import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareDebianVersions } from "../../src/deb/version.ts";
import { compareVersions, parseVersion } from "../../src/python/pep440.ts";
import type { HistoryDescription } from "../../src/vcs/types.ts";
import { versionOfTag } from "../../src/vcs/version-tags.ts";
import { versionFromHistory } from "../../src/vcs/version.ts";
import { thrown } from "../helpers/thrown.ts";

const COMMIT = `3f2a1c9${"0".repeat(33)}`;

function at(
  tag: string | undefined,
  distance: number,
  more: Partial<HistoryDescription> = {},
): HistoryDescription {
  const date = new Date(0);
  return { kind: "git", ...(tag === undefined ? {} : { tag }), distance, commit: COMMIT, date, ...more };
}

describe("the version of a tag", () => {
  it.each([
    ["v1.4.2", undefined, "1.4.2"],
    ["1.4", undefined, "1.4"],
    ["V2.0-RC1", undefined, "2.0-RC1"],
    ["release-1.4.2", undefined, "1.4.2"],
    ["api/v1.4.2", undefined, "1.4.2"],
    ["py3-api-v1.0", undefined, "1.0"],
    ["api@2.0.0", undefined, "2.0.0"],
    ["v1.4.2-beta.3", undefined, "1.4.2-beta.3"],
    ["1!2.0", undefined, "1!2.0"],
    ["9999999999!2.0", undefined, undefined],
    ["nightly", undefined, undefined],
    ["v1.0-alpha.beta", undefined, undefined],
    ["1.0-fix-2.0", undefined, undefined],
    ["api-v1.0", "api-v*", "1.0"],
    ["web-v1.0", "api-v*", undefined],
    ["v1.7", "v1.*", "1.7"],
    ["v2.7", "v1.*", undefined],
    ["x+1.0", "x+*", "1.0"],
  ])("%s (tags named %s) is %s", (tag, pattern, version) => {
    expect(versionOfTag(tag, pattern)).toBe(version);
  });
});

describe("the version of a commit", () => {
  it.each([
    [at("v1.4.2", 0), "1.4.2", "1.4.2"],
    [at("v1.4.2", 7), "1.4.2+git.7.g3f2a1c9", "1.4.2+git7.g3f2a1c9"],
    [at("v1.4", 7, { kind: "hg" }), "1.4+hg.7.h3f2a1c9", "1.4.0+hg7.h3f2a1c9"],
    [at("1.4", 7, { kind: "svn", commit: "trunk@42" }), "1.4+svn.7.r42", "1.4.0+svn7.r42"],
    [at("v2.0-rc1", 3), "2.0rc1+git.3.g3f2a1c9", "2.0.0~rc1+git3.g3f2a1c9"],
    [at("1!2.0", 3), "1!2.0+git.3.g3f2a1c9", "1:2.0.0+git3.g3f2a1c9"],
    [at("1.0+local.1", 3), "1.0+local.1.git.3.g3f2a1c9", "1.0.0+0+local0A.1+git3.g3f2a1c9"],
    [at(undefined, 12), "0.dev0+git.12.g3f2a1c9", "0~git12.g3f2a1c9"],
  ])("%o is %s for Python, %s for Debian", (description, upstream, debian) => {
    expect(versionFromHistory(description)).toEqual({ upstream, debian });
  });

  it("is unknown where the history is cut off before any tag, and known where it is not", async () => {
    const error = await thrown(() => versionFromHistory(at(undefined, 1, { isShallow: true })));
    expect(error).toMatchObject({ code: "VCS_SHALLOW", hint: expect.stringContaining("unshallow") });
    expect(versionFromHistory(at("v1.0", 2, { isShallow: true })).debian).toBe("1.0.0+git2.g3f2a1c9");
    expect((await thrown(() => versionFromHistory(at("nightly", 0)))).code).toBe("VCS_NO_VERSION");
  });

  it.each([
    ["1.4.2+git9.gaaaaaaa-1", "1.4.2+git10.g3f2a1c9"],
    ["1.4.2+git7.gfffffff-1", "1.4.2+git8.g3f2a1c9"],
    ["1.4.2+git7.g3f2a1c9-1", "1.4.2+git7.g3f2a1c9"],
    ["1.4.2+git6.gfffffff-1", "1.4.2+git7.g3f2a1c9"],
    ["1.4.2-1", "1.4.2+git7.g3f2a1c9"],
    ["2.0.0-1", "1.4.2+git7.g3f2a1c9"],
    ["no version", "1.4.2+git7.g3f2a1c9"],
  ])("after %s was published from a branch that is rewritten now is %s", (after, debian) => {
    expect(versionFromHistory(at("v1.4.2", 7), { after }).debian).toBe(debian);
  });
});

/** Tags in the order in which a project may set them. */
const LINE = [
  "0.dev1",
  "0.0.1",
  "1.0a1",
  "1.0rc1",
  "1.0",
  "1.0.post1",
  "1.0.1",
  "1.0.1.1",
  "1.1.dev3",
  "1.1",
  "2.0b2",
  "1!0.1",
];

interface Stand {
  readonly rank: number;
  readonly distance: number;
  readonly id: string;
}

function versionOf({ rank, distance, id }: Stand) {
  return versionFromHistory(at(LINE[rank - 1], rank === 0 ? distance + 1 : distance, { commit: id }));
}

const HEX = "0123456789abcdef".split("");

const stand = fc.record({
  rank: fc.nat(LINE.length),
  distance: fc.oneof(fc.nat(20), fc.nat(1_000_000)),
  id: fc.string({ unit: fc.constantFrom(...HEX), minLength: 40, maxLength: 40 }),
});

describe("versions of one line of history", () => {
  it("are ordered as it is, for dpkg and for PEP 440", () => {
    fc.assert(
      fc.property(stand, stand, (a, b) => {
        const order = Math.sign(a.rank - b.rank || a.distance - b.distance);
        const [left, right] = [versionOf(a), versionOf(b)];
        if (order === 0) return;
        expect(Math.sign(compareDebianVersions(left.debian, right.debian))).toBe(order);
        const [first, second] = [parseVersion(left.upstream), parseVersion(right.upstream)];
        if (first === undefined || second === undefined) throw new Error("no version");
        expect(Math.sign(compareVersions(first, second))).toBe(order);
      }),
      { numRuns: 2000 },
    );
  });

  it("are ordered so by dpkg itself and by Python's packaging", () => {
    const stands = fc.sample(stand, { numRuns: 60, seed: 7 });
    const sorted = stands.toSorted((a, b) => a.rank - b.rank || a.distance - b.distance);
    const versions = sorted
      .filter((one, index) => {
        const before = sorted[index - 1];
        return before === undefined || before.rank !== one.rank || before.distance !== one.distance;
      })
      .map(versionOf);
    for (const [index, { debian }] of versions.slice(1).entries())
      execFileSync("dpkg", ["--compare-versions", versions[index]?.debian ?? "", "lt", debian]);
    const program =
      "import sys; from pip._vendor.packaging.version import Version as V; v = sys.stdin.read().split(); sys.exit([*map(V, v)] != sorted(map(V, v)))";
    execFileSync("/usr/bin/python3", ["-c", program], {
      input: versions.map(({ upstream }) => upstream).join("\n"),
    });
  });
});
