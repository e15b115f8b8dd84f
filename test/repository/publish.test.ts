import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { history, readHead } from "../../src/repository/heads.ts";
import { publishSuite, republishSuite, resignSuite } from "../../src/repository/publish.ts";
import { writeSettings } from "../../src/repository/settings.ts";
import type { IndexedPackage } from "../../src/repository/types.ts";
import { readByHash, readByName } from "../helpers/client-view.ts";
import { indexedPackage, manyPackages } from "../helpers/indexed-packages.ts";
import {
  edit,
  emptyRepository,
  fillPool,
  publishPackages,
  type RepositoryFixture,
} from "../helpers/repository-fixture.ts";
import { expectGoodSignatures } from "../helpers/good-signatures.ts";

const A = indexedPackage("a", "1.0");
const B = indexedPackage("b", "1.0");

describe("a publication", () => {
  test("makes the first release, signed, with every file that it lists", async () => {
    const fixture = await emptyRepository({ compressions: ["plain", "gz", "xz"] });
    const published = await publishPackages(fixture, [B, A]);
    expect(published).toMatchObject({ suite: "stable", outcome: "published", added: [A, B], removed: [] });
    expect(readByHash(fixture.folder)).toEqual(["a 1.0", "b 1.0"]);
    expect(readByName(fixture.folder)).toEqual(["a 1.0", "b 1.0"]);
    expectGoodSignatures(fixture);
    execFileSync("xz", ["-t", join(fixture.folder, "dists/stable/main/binary-amd64/Packages.xz")]);
    expect(existsSync(join(fixture.folder, "dists/stable/main/binary-amd64/Packages"))).toBe(true);
  });

  test("adds to what is there, and takes away", async () => {
    const fixture = await emptyRepository();
    await publishPackages(fixture, [A]);
    await publishPackages(fixture, [B]);
    expect(readByHash(fixture.folder)).toEqual(["a 1.0", "b 1.0"]);
    const published = await publishSuite(
      fixture.repository,
      fixture.suite,
      async () => [edit([], [A])],
      fixture,
    );
    expect(published).toMatchObject({ added: [], removed: [A] });
    expect(readByName(fixture.folder)).toEqual(["b 1.0"]);
    expect(existsSync(join(fixture.folder, A.filename))).toBe(true);
  });

  test("writes nothing when nothing changes", async () => {
    const fixture = await emptyRepository();
    const first = await publishPackages(fixture, [A]);
    const before = listing(fixture.folder);
    const again = await publishSuite(fixture.repository, fixture.suite, async () => [edit([A])], fixture);
    expect(again).toMatchObject({
      outcome: "unchanged",
      release: first.release,
      added: [],
    });
    expect(listing(fixture.folder)).toEqual(before);
  });

  test("only says what would be in a dry run", async () => {
    const fixture = await emptyRepository();
    fillPool(fixture.folder, [A]);
    const before = listing(fixture.folder);
    const options = { signers: fixture.signers, dryRun: true };
    const change = async () => [edit([A])];
    expect(await publishSuite(fixture.repository, fixture.suite, change, options)).toMatchObject({
      outcome: "planned",
      added: [A],
    });
    expect(listing(fixture.folder)).toEqual(before);
  });

  test("has an index for every component and architecture, empty ones too", async () => {
    const fixture = await emptyRepository(
      {},
      { components: ["main", "extra"], architectures: ["amd64", "arm64"] },
    );
    await publishPackages(fixture, [A]);
    const release = readFileSync(join(fixture.folder, "dists/stable/Release"), "utf8");
    expect(release.match(/ 0 .*Packages$/gm)).toHaveLength(3);
    expect(readByHash(fixture.folder)).toEqual(["a 1.0"]);
    const empty = join(fixture.folder, "dists/stable/extra/binary-arm64/Packages");
    execFileSync("gzip", ["-t", `${empty}.gz`]);
    execFileSync("xz", ["-t", `${empty}.xz`]);
  });

  test("counts a package of every architecture once, and lists it in each", async () => {
    const fixture = await emptyRepository({}, { architectures: ["amd64", "arm64"] });
    const all = indexedPackage("a", "1", { architecture: "all" });
    fillPool(fixture.folder, [all]);
    const change = async () => [edit([all]), edit([all], [], { architecture: "arm64" })];
    const published = await publishSuite(fixture.repository, fixture.suite, change, fixture);
    expect(published.added).toEqual([all]);
    const release = readFileSync(join(fixture.folder, "dists/stable/Release"), "utf8");
    expect(
      new Set(release.match(/ [0-9a-f]{64} .*Packages\.gz$/gm)?.map((line) => line.slice(1, 65))).size,
    ).toBe(1);
  });

  test("of a flat repository lies in the top folder, with one index", async () => {
    const fixture = await emptyRepository({ layout: "flat" }, { architectures: ["amd64", "arm64"] });
    const arm = indexedPackage("a", "1.0", { architecture: "arm64" });
    fillPool(fixture.folder, [A, arm]);
    const change = async () => [edit([A]), edit([arm], [], { architecture: "arm64" })];
    await publishSuite(fixture.repository, fixture.suite, change, fixture);
    expect(readByHash(fixture.folder, "")).toEqual(["a 1.0"]);
    expect(readFileSync(join(fixture.folder, "Packages.gz")).length).toBeGreaterThan(0);
    expect(readFileSync(join(fixture.folder, "Release"), "utf8")).not.toContain("Components");
  });

  test("has a later Date each time, by the store's clock", async () => {
    const fixture = await emptyRepository();
    const behind = { ...fixture.repository.storage, now: async () => new Date("2026-01-01T00:00:00.900Z") };
    const repository = { ...fixture.repository, storage: behind };
    const releases: string[] = [];
    for (const one of [A, B])
      releases.push((await publishPackages({ ...fixture, repository }, [one])).release);
    expect(releases).toEqual(["20260101T000000Z", "20260101T000001Z"]);
    const dates = readFileSync(join(fixture.folder, "dists/stable/Release"), "utf8").match(/^Date: .*$/gm);
    expect(dates).toEqual(["Date: Thu, 01 Jan 2026 00:00:01 +0000"]);
  });

  test("renders an index anew when a form is added or taken away", async () => {
    const fixture = await emptyRepository({ compressions: ["gz"] });
    await publishPackages(fixture, [A]);
    const settings = { ...fixture.repository.settings, compressions: ["plain", "xz"] } as const;
    const { storage, settingsVersion } = fixture.repository;
    const repository = {
      storage,
      settings,
      settingsVersion: await writeSettings(storage, settings, settingsVersion),
    };
    const published = await publishSuite(repository, fixture.suite, async () => [], fixture);
    expect(published).toMatchObject({ outcome: "published", added: [], removed: [] });
    expect(readdirSync(join(fixture.folder, "dists/stable/main/binary-amd64"))).toEqual([
      "Packages",
      "Packages.xz",
      "by-hash",
    ]);
    expect(await publishSuite(repository, fixture.suite, async () => [edit([])], fixture)).toMatchObject({
      outcome: "unchanged",
    });
    await publishPackages({ ...fixture, repository }, [B]);
  });
});

describe("the releases of a suite", () => {
  test("lead back to the first", async () => {
    const fixture = await emptyRepository();
    const ids: string[] = [];
    for (const one of [A, B, indexedPackage("c", "1")])
      ids.unshift((await publishPackages(fixture, [one])).release);
    expect(await historyOf(fixture)).toEqual(ids);
  });

  test("can be gone back to by a new release", async () => {
    const fixture = await emptyRepository();
    await publishPackages(fixture, [A]);
    const { storage, settings } = fixture.repository;
    const first = await readHead(storage, settings, fixture.suite);
    await publishPackages(fixture, [B]);
    const entries = async () => first?.release.entries ?? [];
    const published = await republishSuite(fixture.repository, fixture.suite, entries, fixture);
    expect(published).toMatchObject({ outcome: "published", added: [], removed: [B] });
    expect(readByHash(fixture.folder)).toEqual(["a 1.0"]);
    expect(readByName(fixture.folder)).toEqual(["a 1.0"]);
    expect(await historyOf(fixture)).toHaveLength(3);
    expect(await republishSuite(fixture.repository, fixture.suite, entries, fixture)).toMatchObject({
      outcome: "unchanged",
    });
  });

  test("are signed again though nothing changes", async () => {
    const fixture = await emptyRepository({}, { validForDays: 7 });
    const first = await publishPackages(fixture, [A]);
    const again = await resignSuite(fixture.repository, fixture.suite, fixture);
    expect(again).toMatchObject({ outcome: "published", added: [], removed: [] });
    expect(again.release > first.release).toBe(true);
    expectGoodSignatures(fixture);
  });
});

test("one package more in many costs little", { timeout: 180_000 }, async () => {
  const fixture = await emptyRepository();
  const many = manyPackages(5000);
  fillPool(fixture.folder, [...many, A]);
  const publish = async (packages: readonly IndexedPackage[]): Promise<number> => {
    const start = performance.now();
    await publishSuite(fixture.repository, fixture.suite, async () => [edit(packages)], fixture);
    return performance.now() - start;
  };
  const first = await publish(many);
  expect(await publish([A])).toBeLessThan(first / 2);
  expect(readByHash(fixture.folder)).toHaveLength(5001);
});

async function historyOf({ repository, suite }: RepositoryFixture): Promise<string[]> {
  const { storage, settings } = repository;
  const head = await readHead(storage, settings, suite);
  const ids: string[] = [];
  if (head !== undefined) for await (const { id } of history(storage, suite, head)) ids.push(id);
  return ids;
}

function listing(folder: string): string {
  return execFileSync("find", [folder, "-not", "-name", "*lock*", "-printf", "%p %s %T@\n"], {
    encoding: "utf8",
  })
    .split("\n")
    .filter((line) => !/\/venvdeb \d/.test(line))
    .toSorted()
    .join("\n");
}
