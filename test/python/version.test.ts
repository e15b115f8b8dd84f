import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { compareVersions, parseVersion, renderVersion } from "../../src/python/pep440.ts";
import { toDebianUpstream } from "../../src/python/version.ts";
import { pep440Versions } from "../helpers/pep440-arbitrary.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";

const table: readonly (readonly [string, string])[] = [
  ["1.4.2", "1.4.2"],
  ["1.0", "1.0.0"],
  ["1.2.3.0", "1.2.3"],
  ["1.2.3.0.4", "1.2.3.0.4"],
  ["2024.10", "2024.10.0"],
  ["v1.0.0", "1.0.0"],
  ["1.0.0a1", "1.0.0~a1"],
  ["1.0.0.beta-2", "1.0.0~b2"],
  ["1.0.0-preview", "1.0.0~rc0"],
  ["1.0.0.dev3", "1.0.0~~dev3"],
  ["1.0.0a1.dev3", "1.0.0~a1~dev3"],
  ["1.0.0.post1", "1.0.0+post1"],
  ["1.0.0-1", "1.0.0+post1"],
  ["1.0.0.post1.dev2", "1.0.0+post1~dev2"],
  ["1.0.0+ubuntu.1", "1.0.0+0+ubuntu0A.1"],
  ["1.0.0+7", "1.0.0+0.7"],
  ["1.0.0.dev3+g1a2b345.d20240131", "1.0.0~~dev3+0+g1a2b345A+d20240131"],
  ["99999999999999999999.0.0", "99999999999999999999.0.0"],
];

describe("toDebianUpstream", () => {
  it.each(table)("makes %s to %s", (version, upstream) => {
    expect(toDebianUpstream(version)).toEqual({ upstream });
  });

  it("keeps the epoch apart", () => {
    expect(toDebianUpstream("2!1.0.0")).toEqual({ epoch: "2", upstream: "1.0.0" });
    expect(toDebianUpstream("0!1.0.0")).toEqual({ upstream: "1.0.0" });
  });

  it.each(["", "one", "1.0.0-final-version", "1..0", "1.0.0+", "9999999999!1", "1.0\n; rm"])(
    "refuses %j",
    (version) => {
      expect(() => toDebianUpstream(version)).toThrow(
        expect.objectContaining({ code: "PYTHON_BAD_VERSION" }),
      );
    },
  );
});

describe("the order of versions", () => {
  const pairs = fc.sample(fc.tuple(pep440Versions(), pep440Versions()), { numRuns: 1000, seed: 440 });
  let expected: readonly number[] = [];

  beforeAll(async () => {
    const venv = await pythonVenv("packaging");
    expected = await askPython(join(venv, "bin/python"), compareWithPackaging, pairs);
  }, 300_000);

  it("is that of Python's packaging", () => {
    const wrong = pairs.filter(([left, right], index) => ours(left, right) !== expected[index]);
    expect(wrong).toEqual([]);
  });

  it("is kept by dpkg for the Debian versions", () => {
    const debian = pairs.map(([left, right]) => [whole(left), whole(right)] as const);
    const actual = compareWithDpkg(debian);
    const wrong = pairs.filter((_, index) => actual[index] !== expected[index]);
    expect(wrong.map((pair) => pair.map(whole))).toEqual([]);
  });

  it("is kept between versions that are equal but spelled in another way", () => {
    const spelled = [
      ["1.0", "1.0.0.0"],
      ["1.0.0rc1", "1-c1"],
      ["1.0.post2", "1-2"],
      ["1.0+AB_1", "1.0.0+ab.1"],
    ] as const;
    for (const [left, right] of spelled) {
      expect(ours(left, right)).toBe(0);
      expect(whole(left)).toBe(whole(right));
    }
  });

  it("survives being rendered and read again", () => {
    fc.assert(
      fc.property(pep440Versions(), (version) => {
        const parsed = parseVersion(version);
        return parsed !== undefined && ours(renderVersion(parsed), version) === 0;
      }),
    );
  });
});

function ours(left: string, right: string): number {
  const parsed = [parseVersion(left), parseVersion(right)] as const;
  if (!parsed[0] || !parsed[1]) throw new Error(`not a version: ${left} or ${right}`);
  return Math.sign(compareVersions(parsed[0], parsed[1]));
}

function whole(version: string): string {
  const { epoch, upstream } = toDebianUpstream(version);
  return `${epoch === undefined ? "" : `${epoch}:`}${upstream}-1`;
}

const compareWithPackaging = `
import json, sys
from packaging.version import Version
pairs = [(Version(a), Version(b)) for a, b in json.load(sys.stdin)]
print(json.dumps([(a > b) - (a < b) for a, b in pairs]))
`;

function compareWithDpkg(pairs: readonly (readonly [string, string])[]): readonly number[] {
  const input = pairs.map((pair) => pair.join(" ")).join("\n");
  const output = execFileSync("sh", ["-c", compareLoop], { input: `${input}\n`, encoding: "utf8" });
  return output.trim().split("\n").map(Number);
}

const compareLoop = `while read -r left right; do
  if dpkg --compare-versions "$left" lt "$right"; then echo -1
  elif dpkg --compare-versions "$left" gt "$right"; then echo 1
  else echo 0; fi
done`;
