import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { collectGarbage, planCollection } from "../../../src/repository/operations/collect.ts";
import { rebuildRepository } from "../../../src/repository/operations/rebuild.ts";
import { isKept } from "../../../src/repository/operations/reachable.ts";
import { listReleases } from "../../../src/repository/operations/rollback.ts";
import { removePackages } from "../../../src/repository/operations/remove.ts";
import { beyondVersions, retainPackages } from "../../../src/repository/operations/retain.ts";
import { verifyRepository } from "../../../src/repository/operations/verify.ts";
import { keepObject, keepStoredObject, restoreObject } from "../../../src/repository/keep-object.ts";
import type { OpenRepository } from "../../../src/repository/publish.ts";
import type { Storage } from "../../../src/repository/storage/types.ts";
import { indexedPackage } from "../../helpers/indexed-packages.ts";
import { localStorage } from "../../helpers/local-storage.ts";
import { suitesRepository, type SuitesRepository } from "../../helpers/suites-repository.ts";
import { thrown } from "../../helpers/thrown.ts";

const LONG_AGO = new Date("2020-01-01T00:00:00Z");
const SHORT = { timeout: 30_000 };

describe("which versions are beyond a rule", () => {
  const listed = ["1.0", "1.1", "1.2"].map((version) => indexedPackage("shop", version));
  it.each([
    [{ versions: 1 }, ["1.0", "1.1"]],
    [{ versions: 2 }, ["1.0"]],
    [{ versions: 5 }, []],
    [{ days: 3 }, ["1.0", "1.1"]],
  ])("%j: %j", (rule, beyond) => {
    const others = [indexedPackage("cart", "0.1")];
    expect(beyondVersions([...others, ...listed], rule).map(({ version }) => version)).toEqual(beyond);
  });
});

describe("which releases are kept", () => {
  const now = new Date("2026-01-10T00:00:00Z");
  it.each([
    [0, undefined, true],
    [2, new Date("2025-01-01"), true],
    [3, new Date("2025-01-01"), false],
    [30, new Date("2026-01-09T12:00:00Z"), true],
  ])("the one of place %i, superseded %s: %s", (place, superseded, kept) => {
    expect(isKept(place, superseded, now, { graceHours: 48, releases: 1 })).toBe(kept);
  });
});

it("releases are deleted before what they name", () => {
  const objects = ["pool/a", "venvdeb/history/s/1", "pool/b"].map((path) => ({
    path,
    size: 1,
    modified: LONG_AGO,
  }));
  const plan = planCollection(objects, new Set(["pool/b"]));
  expect(plan.map(({ path }) => path)).toEqual(["venvdeb/history/s/1", "pool/a"]);
});

describe("a collection", () => {
  it("takes what no kept release names and is older than the grace", SHORT, async () => {
    const made = await withRemoved();
    await makeOld(made.folder);
    const plan = await collectGarbage(made.repository, { dryRun: true });
    expect(plan.paths).toContain("pool/main/s/shop/shop_1.0-1_amd64.deb");
    expect(plan.paths.filter((path) => path.startsWith("pool/"))).toHaveLength(1);
    expect(await collectGarbage(made.repository)).toEqual(plan);
    expect(await made.verified()).toMatchObject({ faults: [], orphans: [] });
    expect(await collectGarbage(made.repository)).toEqual({ paths: [], bytes: 0 });
  });

  it("leaves what a publisher has listed again since it looked", SHORT, async () => {
    const made = await withRemoved();
    await makeOld(made.folder);
    const collecting = onceBefore(made.repository, "exclusively", async () => {
      await made.add("testing", [{ name: "shop" }]);
    });
    await collectGarbage(collecting);
    expect(await made.listed("testing")).toContain("shop 1.0-1");
    expect(await made.verified()).toMatchObject({ faults: [] });
  });

  it("on a bucket, leaves what a publisher has made young before its commit", SHORT, async () => {
    const made = await withRemoved();
    await makeOld(made.folder);
    const unlocked = withStorage(made.repository, { exclusively: async (run) => run() });
    const collecting = onceBefore(unlocked, "stat", async () => {
      await made.add("testing", [{ name: "shop" }]);
    });
    await collectGarbage(collecting);
    expect(await made.verified()).toMatchObject({ faults: [] });
  });

  it("judges nothing when a head cannot be read", SHORT, async () => {
    const made = await withRemoved();
    await makeOld(made.folder);
    await writeFile(join(made.folder, "dists/testing/InRelease"), "no release");
    expect(await thrown(() => collectGarbage(made.repository))).toMatchObject({ code: expect.any(String) });
    expect(await readdir(join(made.folder, "pool/main/s/shop"))).toContain("shop_1.0-1_amd64.deb");
  });
});

describe("an object that is there already", () => {
  it("is written again when it is past half of the grace", async () => {
    const { storage, folder } = await localStorage();
    const [bytes, path] = [Buffer.from("package"), join(folder, "pool/a")];
    await keepObject(storage, "pool/a", bytes, 48);
    await utimes(path, LONG_AGO, LONG_AGO);
    await keepObject(storage, "pool/a", bytes, 48);
    expect((await storage.stat("pool/a"))?.modified.getTime()).toBeGreaterThan(LONG_AGO.getTime());
    await utimes(path, LONG_AGO, LONG_AGO);
    await keepStoredObject(storage, "pool/a", 48);
    expect((await storage.stat("pool/a"))?.modified.getTime()).toBeGreaterThan(LONG_AGO.getTime());
    expect((await storage.read("pool/a"))?.bytes.toString()).toBe("package");
  });

  it("comes back when it was taken all the same", async () => {
    const { storage } = await localStorage();
    const bytes = Buffer.from("package");
    expect(await restoreObject(storage, "pool/a", bytes)).toBe("restored");
    expect(await restoreObject(storage, "pool/a", bytes)).toBe("there");
    expect(await thrown(() => keepStoredObject(storage, "pool/b", 48))).toMatchObject({
      code: "REPO_OBJECT_MISSING",
    });
  });
});

describe("retaining", () => {
  it("takes older versions out of a suite, and leaves the others", SHORT, async () => {
    const made = await suitesRepository();
    const versions = ["1.0-1", "1.1-1", "1.2-1"].map((version) => ({ name: "shop", version }));
    await made.add("testing", versions);
    await made.add("stable", versions.slice(0, 1));
    const options = { suite: "testing", versions: 2, signers: made.signers };
    const { suites, collected } = await retainPackages(made.repository, options);
    expect([suites.length, suites[0]?.removed.length, collected.paths]).toEqual([1, 1, []]);
    expect(await made.listed("testing")).toEqual(["shop 1.1-1", "shop 1.2-1"]);
    expect(await made.listed("stable")).toEqual(["shop 1.0-1"]);
  });

  it("keeps what is young, and follows the repository's own rule", SHORT, async () => {
    const made = await suitesRepository({ retention: { graceHours: 48, releases: 3, versions: 1 } });
    await made.add("testing", [{ name: "shop" }, { name: "shop", version: "1.1-1" }]);
    const { signers, repository } = made;
    expect(await retainPackages(repository, { days: 2, signers })).toMatchObject({
      suites: [{ outcome: "unchanged" }, {}],
    });
    await retainPackages(repository, { signers });
    expect(await made.listed("testing")).toEqual(["shop 1.1-1"]);
  });
});

describe("verifying", () => {
  it.each([
    ["pool/main/s/shop/shop_1.0-1_amd64.deb", "gone", "missing"],
    ["pool/main/s/shop/shop_1.0-1_amd64.deb", "other", "tampered"],
    ["dists/testing/InRelease", "gone", "missing"],
    ["dists/testing/InRelease", "other", "tampered"],
    ["dists/testing/Release", "other", "stale"],
    ["dists/testing/Release.gpg", "gone", "missing"],
    ["dists/testing/Release.gpg", "other", "stale"],
    ["dists/testing/main/binary-amd64/Packages.gz", "other", "stale"],
  ])("%s, %s: %s", async (path, what, kind) => {
    const made = await suitesRepository();
    await made.add("testing", [{ name: "shop" }]);
    const file = join(made.folder, path);
    // Under its hash it may be the same file.
    await rm(file);
    if (what === "other") await writeFile(file, "other");
    expect((await made.verified()).faults).toEqual([expect.objectContaining({ kind, path })]);
  });

  it("finds a changed package of the same size, but not in a hurry", async () => {
    const made = await suitesRepository();
    await made.add("testing", [{ name: "shop" }]);
    const path = "pool/main/s/shop/shop_1.0-1_amd64.deb";
    const size = (await made.repository.storage.stat(path))?.size ?? 0;
    await writeFile(join(made.folder, path), Buffer.alloc(size));
    expect((await made.verified()).faults).toMatchObject([{ kind: "tampered" }]);
  });

  it("tells of orphans without failing, and of a stranger's signature", async () => {
    const made = await suitesRepository();
    await made.add("testing", [{ name: "shop" }]);
    await made.repository.storage.create("pool/main/x/x/x_1_all.deb", Buffer.from("x"));
    expect(await made.verified()).toMatchObject({ faults: [], orphans: ["pool/main/x/x/x_1_all.deb"] });
    const other = await suitesRepository();
    const { settings } = other.repository;
    const stranger = { ...made, repository: { ...made.repository, settings } };
    expect(
      (await verifyRepository(stranger.repository, { jobs: 2 })).faults.map(({ kind }) => kind),
    ).toContain("signature");
  });
});

describe("rebuilding", () => {
  it.each([
    ["dists/testing/InRelease", {}],
    ["dists/testing/main", { suite: "testing" }],
  ])("after the loss of %s", SHORT, async (lost, options) => {
    const made = await suitesRepository();
    const { repository, signers, folder } = made;
    await made.add("testing", [{ name: "shop" }, { name: "doc", architecture: "all" }], { phased: 30 });
    await made.add("testing/extra", [{ name: "toy" }]);
    const before = await made.listed("testing");
    await rm(join(folder, lost), { recursive: true });
    await rebuildRepository(repository, { signers, ...options });
    expect(await made.listed("testing")).toEqual(before);
    expect(await made.verified()).toMatchObject({ faults: [] });
  });

  it("from the pool alone, into the suite that is named", SHORT, async () => {
    const made = await suitesRepository();
    const { repository, signers, folder } = made;
    await made.add("testing", [{ name: "shop" }, { name: "doc", architecture: "all" }]);
    for (const lost of ["dists", "venvdeb/history", "venvdeb/packages"])
      await rm(join(folder, lost), { recursive: true });
    expect(await thrown(() => rebuildRepository(repository, { signers }))).toMatchObject({
      code: "REPO_NOTHING_KNOWN",
    });
    await rebuildRepository(repository, { suite: "stable", signers });
    expect(await made.listed("stable")).toEqual(["doc 1.0-1", "shop 1.0-1"]);
  });
});

/** shop was removed; four releases of testing are there. */
async function withRemoved(): Promise<SuitesRepository> {
  const made = await suitesRepository({ retention: { graceHours: 0.0003, releases: 3 } });
  const { repository, signers, add } = made;
  await add("testing", [{ name: "shop" }]);
  await removePackages(repository, { target: "testing", selectors: ["shop"], signers });
  for (const name of ["cart", "till"]) await add("testing", [{ name }]);
  // Dates of releases may be a little ahead of the clock.
  const [head] = await listReleases(repository, "testing");
  await setTimeout(Math.max(0, (head?.date.getTime() ?? 0) + 1500 - Date.now()));
  return made;
}

async function makeOld(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), LONG_AGO, LONG_AGO);
}

function withStorage(repository: OpenRepository, changes: Partial<Storage>): OpenRepository {
  return { ...repository, storage: { ...repository.storage, ...changes } };
}

/** Runs something before the first call of a method. */
function onceBefore(
  repository: OpenRepository,
  method: "exclusively" | "stat",
  run: () => Promise<void>,
): OpenRepository {
  const { storage } = repository;
  let done: Promise<void> | undefined;
  const first = (): Promise<void> => (done ??= run());
  return withStorage(
    repository,
    method === "exclusively"
      ? {
          exclusively: async (inside) => {
            await first();
            return storage.exclusively(inside);
          },
        }
      : {
          stat: async (path) => {
            await first();
            return storage.stat(path);
          },
        },
  );
}
