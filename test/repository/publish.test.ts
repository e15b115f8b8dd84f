import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { history, readHead } from "../../src/repository/heads.ts";
import { publishSuite, republishSuite, resignSuite } from "../../src/repository/publish.ts";
import { writeSettings } from "../../src/repository/settings.ts";
import type { IndexedPackage } from "../../src/repository/types.ts";
import { readByHash, readByName } from "../helpers/client-view.ts";
import { indexedPackage, manyPackages } from "../helpers/indexed-packages.ts";
import { edit, emptyRepository, fillPool, type RepositoryFixture } from "../helpers/repository-fixture.ts";
import { thrown } from "../helpers/thrown.ts";

const A = indexedPackage("a", "1.0");
const B = indexedPackage("b", "1.0");

describe("a publication", () => {
  test("makes the first release, signed, with every file that it lists", async () => {
    const fixture = await emptyRepository({ compressions: ["plain", "gz", "xz"] });
    const published = await add(fixture, [B, A]);
    expect(published).toMatchObject({ suite: "stable", outcome: "published", added: [A, B], removed: [] });
    expect(readByHash(fixture.folder)).toEqual(["a 1.0", "b 1.0"]);
    expect(readByName(fixture.folder)).toEqual(["a 1.0", "b 1.0"]);
    expectGoodSignatures(fixture);
    execFileSync("xz", ["-t", join(fixture.folder, "dists/stable/main/binary-amd64/Packages.xz")]);
    expect(existsSync(join(fixture.folder, "dists/stable/main/binary-amd64/Packages"))).toBe(true);
  });

  test("adds to what is there, and takes away", async () => {
    const fixture = await emptyRepository();
    await add(fixture, [A]);
    await add(fixture, [B]);
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
    const first = await add(fixture, [A]);
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
    await add(fixture, [A]);
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
    for (const one of [A, B]) releases.push((await add({ ...fixture, repository }, [one])).release);
    expect(releases).toEqual(["20260101T000000Z", "20260101T000001Z"]);
    const dates = readFileSync(join(fixture.folder, "dists/stable/Release"), "utf8").match(/^Date: .*$/gm);
    expect(dates).toEqual(["Date: Thu, 01 Jan 2026 00:00:01 +0000"]);
  });

  test("renders an index anew when a form is added or taken away", async () => {
    const fixture = await emptyRepository({ compressions: ["gz"] });
    await add(fixture, [A]);
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
    await add({ ...fixture, repository }, [B]);
  });
});

describe("a publication is refused", () => {
  test("for other bytes of a listed version, with both hashes", async () => {
    const fixture = await emptyRepository({}, { components: ["main", "extra"] });
    await add(fixture, [A]);
    const other = indexedPackage("a", "1.0", { content: "other" });
    fillPool(fixture.folder, [other]);
    for (const change of [
      [edit([other])],
      [edit([other], [A])],
      [edit([other], [], { component: "extra" })],
    ]) {
      const error = await thrown(async () =>
        publishSuite(fixture.repository, fixture.suite, async () => change, fixture),
      );
      expect(error.code).toBe("REPO_VERSION_CONFLICT");
      expect(error.message).toContain(A.sha256);
      expect(error.message).toContain(other.sha256);
    }
  });

  test("for a package that is not in the pool", async () => {
    const fixture = await emptyRepository();
    const error = await thrown(async () =>
      publishSuite(fixture.repository, fixture.suite, async () => [edit([A])], fixture),
    );
    expect(error.code).toBe("REPO_OBJECT_MISSING");
    expect(existsSync(join(fixture.folder, "dists/stable/InRelease"))).toBe(false);
  });

  test("for an architecture that the suite does not declare", async () => {
    const fixture = await emptyRepository();
    const error = await thrown(async () =>
      publishSuite(
        fixture.repository,
        fixture.suite,
        async () => [edit([A], [], { architecture: "arm64" })],
        fixture,
      ),
    );
    expect(error.code).toBe("REPO_NOT_DECLARED");
  });

  test.for([
    ["is missing", (path: string) => rmSync(path)],
    ["has other bytes", (path: string) => writeFileSync(path, "other")],
  ] as const)("when an index that it builds on %s", async ([, damage]) => {
    const fixture = await emptyRepository();
    await add(fixture, [A]);
    const head = await readHead(fixture.repository.storage, fixture.repository.settings, fixture.suite);
    const entry = head?.release.entries.find(({ path }) => path.endsWith("Packages.gz"));
    const path = `dists/stable/main/binary-amd64/by-hash/SHA256/${entry?.sha256}`;
    damage(join(fixture.folder, path));
    const error = await thrown(async () => add(fixture, [B]));
    expect(error).toMatchObject({ code: "REPO_DAMAGED", hint: "venvdeb repo verify" });
    expect(error.message).toContain(path);
  });

  test("on a head that no key of the repository signed, unless it is asked for", async () => {
    const fixture = await emptyRepository();
    await add(fixture, [A]);
    const path = join(fixture.folder, "dists/stable/InRelease");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace("Label: Example packages", "Label: Evil packages"),
    );
    expect(await thrown(async () => add(fixture, [B]))).toMatchObject({ code: "SIGN_BAD_SIGNATURE" });
    fillPool(fixture.folder, [B]);
    const options = { signers: fixture.signers, acceptHead: true };
    await publishSuite(fixture.repository, fixture.suite, async () => [edit([B])], options);
    expectGoodSignatures(fixture);
  });

  test("when the settings were changed meanwhile", async () => {
    const fixture = await emptyRepository();
    const { storage, settings, settingsVersion } = fixture.repository;
    await writeSettings(storage, { ...settings, description: "Changed" }, settingsVersion);
    expect(await thrown(async () => add(fixture, [A]))).toMatchObject({ code: "REPO_SETTINGS_CHANGED" });
  });
});

describe("the releases of a suite", () => {
  test("lead back to the first", async () => {
    const fixture = await emptyRepository();
    const ids: string[] = [];
    for (const one of [A, B, indexedPackage("c", "1")]) ids.unshift((await add(fixture, [one])).release);
    expect(await historyOf(fixture)).toEqual(ids);
  });

  test("can be gone back to by a new release", async () => {
    const fixture = await emptyRepository();
    await add(fixture, [A]);
    const { storage, settings } = fixture.repository;
    const first = await readHead(storage, settings, fixture.suite);
    await add(fixture, [B]);
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
    const first = await add(fixture, [A]);
    const again = await resignSuite(fixture.repository, fixture.suite, fixture);
    expect(again).toMatchObject({ outcome: "published", added: [], removed: [] });
    expect(again.release > first.release).toBe(true);
    expectGoodSignatures(fixture);
  });
});

test("one package more in many costs little", async () => {
  const fixture = await emptyRepository();
  await add(fixture, manyPackages(10_000));
  fillPool(fixture.folder, [A]);
  const start = performance.now();
  await publishSuite(fixture.repository, fixture.suite, async () => [edit([A])], fixture);
  const took = performance.now() - start;
  expect(readByHash(fixture.folder)).toHaveLength(10_001);
  // Some 100 ms on an idle machine; here it stands against work that grows with the number of packages.
  expect(took).toBeLessThan(1500);
});

async function add(fixture: RepositoryFixture, packages: readonly IndexedPackage[]) {
  fillPool(fixture.folder, packages);
  return await publishSuite(fixture.repository, fixture.suite, async () => [edit(packages)], {
    signers: fixture.signers,
  });
}

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

function expectGoodSignatures({ folder, repository }: RepositoryFixture): void {
  const keyring = join(folder, "key.gpg");
  const [key] = repository.settings.keys;
  writeFileSync(
    keyring,
    execFileSync("gpg", ["--batch", "--dearmor"], {
      input: key?.certificate ?? "",
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );
  const suite = join(folder, "dists/stable");
  const gpgv = (...files: string[]) =>
    execFileSync("gpgv", ["--keyring", keyring, ...files], { stdio: "ignore" });
  gpgv(join(suite, "InRelease"));
  gpgv(join(suite, "Release.gpg"), join(suite, "Release"));
}
