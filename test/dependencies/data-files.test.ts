import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { parseRelation } from "../../src/deb/relations.ts";
import { normalizeName } from "../../src/python/normalize-name.ts";
import { assetPath } from "../../src/effects/assets.ts";

type Names = Readonly<Record<string, string>>;
const read = (name: string) => readFileSync(assetPath(`data/${name}`), "utf8");
const hints: Readonly<Record<string, Names>> = JSON.parse(read("build-hints.json"));
const sonames: { drivers: string[]; packages: Names } = JSON.parse(read("sonames.json"));
const renamed: Names = JSON.parse(read("t64.json"));
const wellKnown: Readonly<Record<string, { packages: string[]; loads?: string; runs?: string }>> = JSON.parse(
  read("well-known.json"),
);

let available: ReadonlySet<string>;
beforeAll(() => {
  const names = [
    ...Object.values(hints).flatMap((section) => Object.values(section)),
    ...Object.values(sonames.packages),
    ...Object.values(wellKnown).flatMap(({ packages }) => packages.map(firstName)),
  ];
  const text = execFileSync("apt-cache", ["policy", ...new Set(names)], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  available = new Set(
    [...text.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (?!\(none\))/gm)].map(
      ([, name = ""]) => name,
    ),
  );
});

/** Alternatives after the first are the names of other releases. */
function firstName(relation: string): string {
  return parseRelation(relation)[0]?.name ?? "";
}

test("every package that a failed build is told to install is in Debian 12", () => {
  expect(Object.keys(hints).toSorted()).toEqual(["headers", "libraries", "modules", "programs"]);
  const names = Object.values(hints).flatMap((section) => Object.values(section));
  expect(names.length).toBeGreaterThan(120);
  expect(names.filter((name) => !available.has(name))).toEqual([]);
});

test("every package of a SONAME is in Debian 12", () => {
  expect(Object.values(sonames.packages).filter((name) => !available.has(name))).toEqual([]);
});

test("a SONAME whose library is installed here is in that package", () => {
  const shlibs = execFileSync("sh", ["-c", "cat /var/lib/dpkg/info/*.shlibs"], { encoding: "utf8" });
  for (const [soname, name] of Object.entries(sonames.packages)) {
    const [, library, version] = /^(.+)\.so\.(.+)$/.exec(soname) ?? [];
    const line = shlibs.split("\n").find((one) => one.startsWith(`${library ?? "?"} ${version ?? "?"} `));
    if (line !== undefined) expect(line, soname).toContain(` ${name}`);
  }
});

test("well-known distributions are normalised, say what they need, and need packages of Debian 12", () => {
  for (const [name, { packages, loads, runs }] of Object.entries(wellKnown)) {
    expect(normalizeName(name)).toBe(name);
    expect(
      [loads, runs].filter((one) => one !== undefined),
      name,
    ).toHaveLength(1);
    expect(
      packages.map(firstName).filter((one) => !available.has(one)),
      name,
    ).toEqual([]);
  }
});

test("renamed packages are those of libraries", () => {
  for (const [before, after] of Object.entries(renamed))
    expect([before, after]).toEqual([expect.stringMatching(/^lib/), expect.stringMatching(/t64/)]);
});
