import { expect, test } from "vitest";
import { parseRelease, releaseId, renderRelease, saysTheSame } from "../../src/repository/release-file.ts";
import type { RepositorySettings, Suite } from "../../src/repository/types.ts";
import { SETTINGS } from "../helpers/repository-fixture.ts";
import { thrown } from "../helpers/thrown.ts";

const SUITE: Suite = {
  name: "stable",
  codename: "bookworm",
  components: ["main", "extra"],
  architectures: ["amd64", "arm64"],
  description: "What is ready",
  version: "12",
  notAutomatic: true,
  butAutomaticUpgrades: true,
  validForDays: 7,
};
const HASH = "ab".repeat(32);
const FACTS = {
  date: new Date("2026-11-23T12:00:00Z"),
  entries: [
    { path: "main/binary-amd64/Packages.gz", size: 20, sha256: HASH },
    { path: "main/binary-amd64/Packages", size: 0, sha256: HASH },
  ],
  previous: HASH,
};

test("a Release has every field that apt looks at", () => {
  const settings: RepositorySettings = { ...SETTINGS, publicUrl: "https://apt.example.com/x" };
  expect(renderRelease(settings, SUITE, FACTS)).toBe(`Origin: Example
Label: Example packages
Suite: stable
Codename: bookworm
Version: 12
NotAutomatic: yes
ButAutomaticUpgrades: yes
Acquire-By-Hash: yes
Architectures: amd64 arm64
Components: main extra
Description: What is ready
Snapshots: https://apt.example.com/x/snapshots/@SNAPSHOTID@/
Date: Mon, 23 Nov 2026 12:00:00 +0000
Valid-Until: Mon, 30 Nov 2026 12:00:00 +0000
X-Venvdeb-Previous: ${HASH}
SHA256:
 ${HASH} 0 main/binary-amd64/Packages
 ${HASH} 20 main/binary-amd64/Packages.gz
`);
});

test("a Release is read as it was written", () => {
  const text = renderRelease(SETTINGS, SUITE, FACTS);
  const release = parseRelease(text);
  expect(release).toMatchObject({ text, date: FACTS.date });
  expect(release.entries).toEqual(FACTS.entries.toReversed());
  expect(release.fields.get("codename")).toBe("bookworm");
  expect(releaseId(release.date)).toBe("20261123T120000Z");
});

test("releases that differ in their dates alone say the same", () => {
  const later = { ...FACTS, date: new Date("2027-01-01T00:00:00Z"), previous: "cd".repeat(32) };
  const text = renderRelease(SETTINGS, SUITE, FACTS);
  expect(saysTheSame(text, renderRelease(SETTINGS, SUITE, later))).toBe(true);
  expect(saysTheSame(text, renderRelease(SETTINGS, SUITE, { ...FACTS, entries: [] }))).toBe(false);
  expect(saysTheSame(text, renderRelease({ ...SETTINGS, label: "Other" }, SUITE, FACTS))).toBe(false);
});

test.for([
  ["has no Date", (text: string) => text.replace(/^Date.*\n/m, "")],
  ["has another date", (text: string) => text.replace(/^Date.*$/m, "Date: yesterday")],
  ["lists a path that leads out", (text: string) => text.replace("main/binary-amd64/Packages.gz", "../x")],
  ["lists an absolute path", (text: string) => text.replace("main/binary-amd64/Packages.gz", "/etc/passwd")],
  ["lists a hash of another form", (text: string) => text.replaceAll("abab", "ABAB")],
  ["lists a size without end", (text: string) => text.replace(" 20 ", ` ${"9".repeat(30)} `)],
  ["is two stanzas", (text: string) => `${text}\nOrigin: Other\n`],
  ["is no stanza", () => "no field\n"],
  ["is empty", () => ""],
] as const)("a Release that %s is damaged", async ([, change]) => {
  const text = change(renderRelease(SETTINGS, SUITE, FACTS));
  expect(await thrown(() => parseRelease(text, "dists/stable/InRelease"))).toMatchObject({
    code: "REPO_DAMAGED",
  });
});
