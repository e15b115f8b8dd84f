import { describe, expect, test } from "vitest";
import {
  identityChanges,
  parseSettings,
  readSettings,
  SETTINGS_PATH,
  writeSettings,
} from "../../src/repository/settings.ts";
import { openDirectory } from "../../src/repository/storage/directory.ts";
import type { RepositorySettings } from "../../src/repository/types.ts";
import { SETTINGS } from "../helpers/repository-fixture.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const [SUITE] = SETTINGS.suites;

test("settings come back as they were written", async () => {
  const storage = await openDirectory(await tempFiles());
  const version = await writeSettings(storage, SETTINGS, undefined);
  expect(await readSettings(storage)).toEqual({ settings: SETTINGS, version });
});

test("a place without settings is no repository", async () => {
  const storage = await openDirectory(await tempFiles());
  const error = await thrown(async () => readSettings(storage));
  expect(error.code).toBe("REPO_MISSING");
  expect(error.hint).toContain("venvdeb repo init");
});

test("settings are written only over those that were read", async () => {
  const storage = await openDirectory(await tempFiles());
  const version = await writeSettings(storage, SETTINGS, undefined);
  await writeSettings(storage, { ...SETTINGS, description: "First" }, version);
  for (const expected of [undefined, version]) {
    const error = await thrown(async () => writeSettings(storage, SETTINGS, expected));
    expect(error.code).toBe("REPO_SETTINGS_CHANGED");
  }
  expect((await readSettings(storage)).settings.description).toBe("First");
});

test("all mistakes are told at once, with their places", async () => {
  const text = JSON.stringify({
    ...SETTINGS,
    origin: "two\nlines",
    layot: "pool",
    publicUrl: "https://example.com/",
    compressions: ["gz", "gz"],
    retention: { graceHours: -1, releases: 2 },
    suites: [{ ...SUITE, name: "../etc", architectures: ["all"] }],
  });
  const error = await thrown(() => parseSettings(text));
  expect(error.code).toBe("REPO_BAD_SETTINGS");
  for (const place of [
    "origin",
    "layot",
    "publicUrl",
    "compressions",
    "retention.graceHours",
    "retention.releases",
    "suites.0.name",
    "suites.0.architectures.0",
  ])
    expect(error.message).toContain(`\n  ${place}: `);
});

test.for([
  ["no JSON", "{"],
  ["no object", "[]"],
  [
    "two suites in a flat layout",
    JSON.stringify({ ...SETTINGS, layout: "flat", suites: [SUITE, { ...SUITE, name: "b" }] }),
  ],
  ["one suite twice", JSON.stringify({ ...SETTINGS, suites: [SUITE, SUITE] })],
  ["another format", JSON.stringify({ ...SETTINGS, format: 2 })],
] as const)("refuses %s", async ([, text]) => {
  expect(await thrown(() => parseSettings(text))).toMatchObject({ code: "REPO_BAD_SETTINGS", exitCode: 2 });
});

describe("changes of identity", () => {
  test("are told with what they do to clients", () => {
    const after: RepositorySettings = {
      ...SETTINGS,
      origin: "Other",
      suites: SETTINGS.suites.map((suite) => ({ ...suite, codename: "trixie" })),
    };
    const changes = identityChanges(SETTINGS, after);
    expect(changes.map(({ field, suite, before, after: now }) => [field, suite, before, now])).toEqual([
      ["Origin", undefined, "Example", "Other"],
      ["Codename", "stable", "bookworm", "trixie"],
    ]);
    expect(changes[0]?.effect).toContain("apt-get update");
  });

  test("are not what clients do not hold it to", () => {
    const after = { ...SETTINGS, description: "New", suites: [] };
    expect(identityChanges(SETTINGS, after)).toEqual([]);
  });
});

test("the file lies where every command looks for it", () => {
  expect(SETTINGS_PATH).toBe("venvdeb/repository.json");
});
