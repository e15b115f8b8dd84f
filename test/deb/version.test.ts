import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareDebianVersions, isDebianVersion, parseDebianVersion } from "../../src/deb/version.ts";
import { thrown } from "../helpers/thrown.ts";

describe("parseDebianVersion", () => {
  test.each([
    ["1.0", { epoch: 0, upstream: "1.0", revision: "" }],
    ["1.0-1", { epoch: 0, upstream: "1.0", revision: "1" }],
    ["2:1.0-rc-1~deb12", { epoch: 2, upstream: "1.0-rc", revision: "1~deb12" }],
    ["1:1:2-3", { epoch: 1, upstream: "1:2", revision: "3" }],
  ])("%s", (text, parts) => {
    expect(parseDebianVersion(text)).toEqual(parts);
  });

  test("refuses other texts with a code", async () => {
    expect(await thrown(() => parseDebianVersion("v1.0"))).toMatchObject({ code: "DEB_BAD_VERSION" });
  });
});

test("isDebianVersion agrees with dpkg --validate-version", () => {
  const odd = [
    "",
    "1.0\n",
    "1.0-",
    "-1",
    "1:",
    ":1",
    "a1",
    "1.0_1",
    "1:2:3",
    "1.0:2",
    "9999999999:1",
    "0",
    "~1",
  ];
  const samples = [
    ...odd,
    "2147483647:1",
    "2147483648:1",
    ...fc.sample(looseVersion, { numRuns: 200, seed: 7 }),
  ];
  const valid = judge(samples);
  expect(samples.filter((version) => isDebianVersion(version))).toEqual(
    samples.filter((_, index) => valid[index]),
  );
});

test("compareDebianVersions agrees with dpkg --compare-versions", () => {
  const pairs = fc.sample(fc.tuple(version, version), { numRuns: 250, seed: 42 });
  const close = fc.sample(fc.tuple(version, suffix, suffix), { numRuns: 250, seed: 43 });
  const all = [...pairs, ...close.map(([base, a, b]) => [`${base}${a}`, `${base}${b}`] as const)];
  const ours = all.map(([a, b]) => Math.sign(compareDebianVersions(a, b)));
  expect(ours).toEqual(askDpkg(all));
});

test("the order has no exceptions: it is antisymmetric", () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(Math.sign(compareDebianVersions(a, b)) + Math.sign(compareDebianVersions(b, a))).toBe(0);
    }),
  );
});

const part = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,8}$/);
const revision = fc.stringMatching(/^[0-9a-zA-Z.+~]{1,5}$/);
const suffix = fc.constantFrom("", "~", "~~", "+", "+b1", ".0", "0", "~rc1", "a", "Z", "~deb12", "+0", "00");
const version = fc
  .tuple(fc.option(fc.nat(3)), part, fc.option(revision))
  .map(
    ([epoch, upstream, rest]) =>
      `${epoch === null ? "" : `${epoch}:`}${upstream}${rest === null ? "" : `-${rest}`}`,
  );
const looseVersion = fc.stringMatching(/^[0-9a:.+~_-]{1,6}$/);

function judge(versions: readonly string[]): boolean[] {
  const script = 'for v; do if dpkg --validate-version "$v" 2>&-; then echo yes; else echo no; fi; done';
  const output = execFileSync("sh", ["-c", script, "sh", ...versions], { encoding: "utf8" });
  return output
    .trim()
    .split("\n")
    .map((word) => word === "yes");
}

/** One shell for all pairs: starting dpkg is most of the time. */
function askDpkg(pairs: readonly (readonly [string, string])[]): number[] {
  const script = `while read -r a b; do
    if dpkg --compare-versions "$a" lt "$b"; then echo -1
    elif dpkg --compare-versions "$a" eq "$b"; then echo 0
    else echo 1; fi
  done`;
  const input = pairs.map(([a, b]) => `${a} ${b}\n`).join("");
  return execFileSync("sh", ["-c", script], { input, encoding: "utf8" }).trim().split("\n").map(Number);
}
