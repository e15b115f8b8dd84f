import { cpSync, existsSync, readFileSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import { publishSuite } from "../../src/repository/publish.ts";
import { openDirectory } from "../../src/repository/storage/directory.ts";
import type { Storage } from "../../src/repository/storage/types.ts";
import { readByHash, readByName } from "../helpers/client-view.ts";
import { indexedPackage, manyPackages } from "../helpers/indexed-packages.ts";
import { publishInChild } from "../helpers/publish-child.ts";
import { edit, emptyRepository, fillPool, publishPackages } from "../helpers/repository-fixture.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

test(
  "a publisher that is killed at any call leaves the old or the new repository",
  { timeout: 600_000 },
  async () => {
    const fixture = await emptyRepository({ compressions: ["plain", "gz", "xz"] });
    const there = manyPackages(20);
    const [added, next] = [indexedPackage("added", "1"), indexedPackage("next", "1")];
    fillPool(fixture.folder, [...there, added, next]);
    await publishSuite(fixture.repository, fixture.suite, async () => [edit(there)], fixture);
    const [before, after] = [readByHash(fixture.folder), ["added 1", ...readByHash(fixture.folder)]];
    const seen = new Set<string>();
    const probe = async (killAt: number): Promise<"done" | "killed"> => {
      const folder = join(await tempFiles(), "copy");
      cpSync(fixture.folder, folder, { recursive: true, preserveTimestamps: true });
      const outcome = await publishInChild(fixture, [edit([added])], { killAt, at: folder });
      const found = readByHash(folder);
      expect([before, after]).toContainEqual(found);
      seen.add(`${outcome} ${found.length === after.length ? "new" : "old"}`);
      const repository = { ...fixture.repository, storage: await openDirectory(folder) };
      await publishSuite(repository, fixture.suite, async () => [edit([next])], fixture);
      const whole = [...found, "next 1"].toSorted();
      expect(readByHash(folder).toSorted()).toEqual(whole);
      expect(readByName(folder).toSorted()).toEqual(whole);
      return outcome;
    };
    const limit = pLimit(3);
    for (let first = 1, isOver = false; !isOver; first += 6) {
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, async (_, offset) => limit(async () => probe(first + offset))),
      );
      isOver = outcomes.every((outcome) => outcome === "done");
      expect(first).toBeLessThan(200);
    }
    expect([...seen].toSorted()).toEqual(["done new", "killed new", "killed old"]);
  },
);

test("what a killed publisher left undone is finished by the next, also when that changes nothing", async () => {
  const fixture = await emptyRepository();
  await publishPackages(fixture, [indexedPackage("a", "1")]);
  const old = readFileSync(join(fixture.folder, "dists/stable/Release"), "utf8");
  fillPool(fixture.folder, [indexedPackage("b", "1")]);
  const { storage } = fixture.repository;
  const dying: Storage = { ...storage, write: async () => Promise.reject(new Error("power cut")) };
  const edits = [edit([indexedPackage("b", "1")])];
  const change = async () => edits;
  const broken = { ...fixture.repository, storage: dying };
  await expect(publishSuite(broken, fixture.suite, change, fixture)).rejects.toThrow("power cut");
  expect(readByHash(fixture.folder)).toEqual(["a 1", "b 1"]);
  expect(readFileSync(join(fixture.folder, "dists/stable/Release"), "utf8")).toBe(old);
  const published = await publishSuite(fixture.repository, fixture.suite, change, fixture);
  expect(published.outcome).toBe("unchanged");
  expect(readByName(fixture.folder)).toEqual(["a 1", "b 1"]);
});

test("twenty publishers at once lose no package", { timeout: 600_000 }, async () => {
  const fixture = await emptyRepository();
  const packages = Array.from({ length: 20 }, (_, number) => indexedPackage(`p${number}`, "1"));
  fillPool(fixture.folder, packages);
  const limit = pLimit(12);
  await Promise.all(packages.map(async (one) => limit(async () => publishInChild(fixture, [edit([one])]))));
  expect(readByHash(fixture.folder).toSorted()).toEqual(packages.map(({ name }) => `${name} 1`).toSorted());
  expect(readByName(fixture.folder)).toHaveLength(20);
});

test("publishers without a lock, as on a bucket, lose no package", { timeout: 120_000 }, async () => {
  const fixture = await emptyRepository();
  const packages = Array.from({ length: 6 }, (_, number) => indexedPackage(`p${number}`, "1"));
  fillPool(fixture.folder, packages);
  const publishers = packages.map(async (one) => {
    const repository = { ...fixture.repository, storage: unlocked(await openDirectory(fixture.folder)) };
    return await publishSuite(repository, fixture.suite, async () => [edit([one])], fixture);
  });
  const published = await Promise.all(publishers);
  expect(new Set(published.map(({ release }) => release)).size).toBe(6);
  expect(readByHash(fixture.folder)).toHaveLength(6);
  expect(readByName(fixture.folder)).toHaveLength(6);
});

test("a publisher that others are always faster than gives up", async () => {
  const fixture = await emptyRepository();
  const storage = unlocked(fixture.repository.storage);
  let rivals = 0;
  const rivalled: Storage = {
    ...storage,
    replace: async (...request) => {
      await publishPackages(fixture, [indexedPackage("rival", `${rivals++}`)]);
      return await storage.replace(...request);
    },
  };
  const mine = indexedPackage("mine", "1");
  fillPool(fixture.folder, [mine]);
  const steps: string[] = [];
  const options = { signers: fixture.signers, attempts: 3, onProgress: (step: string) => steps.push(step) };
  const repository = { ...fixture.repository, storage: rivalled };
  const error = await thrown(async () =>
    publishSuite(repository, fixture.suite, async () => [edit([mine])], options),
  );
  expect(error.code).toBe("REPO_BUSY");
  expect(steps.filter((step) => step === "wait")).toHaveLength(3);
  expect(readByName(fixture.folder)).toEqual(["rival 0", "rival 1", "rival 2"]);
});

test("old plain names of a publisher that was overtaken and then killed are put right", async () => {
  const fixture = await emptyRepository();
  const { folder, suite, signers } = fixture;
  const storage = unlocked(fixture.repository.storage);
  const publishOne = async (own: Storage, name: string) => {
    const one = indexedPackage(name, "1");
    fillPool(folder, [one]);
    const repository = { ...fixture.repository, storage: own };
    return await publishSuite(repository, suite, async () => [edit([one])], { signers });
  };
  let overtaken: Promise<void> | undefined;
  const mortal: Storage = {
    ...storage,
    read: async (path) => (overtaken === undefined ? storage.read(path) : killed()),
    copy: async (source, target) => {
      if (target.endsWith(".gz"))
        overtaken = publishOne(storage, "faster").then(async () => storage.copy(source, target));
      return await killed();
    },
  };
  await expect(publishOne(mortal, "slow")).rejects.toThrow("killed");
  await overtaken;
  expect(readByHash(folder)).toEqual(["faster 1", "slow 1"]);
  expect(() => readByName(folder)).toThrow("does not fit");
  const marks = join(folder, "venvdeb/unfinished/stable");
  const past = Date.now() / 1000 - 120;
  for (const name of readdirSync(marks)) utimesSync(join(marks, name), past, past);
  expect((await publishOne(storage, "faster")).outcome).toBe("unchanged");
  expect(readByName(folder)).toEqual(["faster 1", "slow 1"]);
  expect(existsSync(marks)).toBe(false);
});

test("a publisher whose answer was lost knows its own release", async () => {
  const fixture = await emptyRepository();
  const { storage } = fixture.repository;
  const deaf: Storage = {
    ...storage,
    replace: async (...request) => {
      await storage.replace(...request);
      return "conflict";
    },
  };
  const one = indexedPackage("a", "1");
  fillPool(fixture.folder, [one]);
  const repository = { ...fixture.repository, storage: deaf };
  const published = await publishSuite(repository, fixture.suite, async () => [edit([one])], fixture);
  expect(published.outcome).toBe("published");
  expect(readByName(fixture.folder)).toEqual(["a 1"]);
});

async function killed(): Promise<never> {
  throw new Error("killed");
}

/** A folder whose publishers meet at `replace` only. */
function unlocked(storage: Storage): Storage {
  return { ...storage, kind: "s3", exclusively: async (run) => run() };
}
