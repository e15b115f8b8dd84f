import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listPackages } from "../../../src/repository/operations/list.ts";
import { promotePackages } from "../../../src/repository/operations/promote.ts";
import { listReleases, rollBack } from "../../../src/repository/operations/rollback.ts";
import { createSnapshot, listSnapshots } from "../../../src/repository/operations/snapshot.ts";
import { readByHash } from "../../helpers/client-view.ts";
import { suitesRepository, type SuitesRepository } from "../../helpers/suites-repository.ts";
import { thrown } from "../../helpers/thrown.ts";

async function filled(): Promise<SuitesRepository> {
  const made = await suitesRepository();
  await made.add("testing", [
    { name: "shop", version: "1.9-1" },
    { name: "shop", version: "1.10-1" },
    { name: "shop-doc", architecture: "all" },
  ]);
  return made;
}

describe("promoting", () => {
  it.each([
    [[], false, ["shop 1.9-1", "shop 1.10-1", "shop-doc 1.0-1"]],
    [[], true, ["shop 1.10-1", "shop-doc 1.0-1"]],
    [["shop=1.9-1"], false, ["shop 1.9-1"]],
    [["shop"], true, ["shop 1.10-1"]],
  ])("%j, newest %s, lists the same files", async (selectors, newest, wanted) => {
    const { repository, signers, listed, verified } = await filled();
    const options = { from: "testing", to: "stable", selectors, newest, signers };
    await promotePackages(repository, options);
    expect(await listed("stable")).toEqual(wanted);
    expect(await promotePackages(repository, options)).toMatchObject({ outcome: "unchanged" });
    const [inTesting, inStable] = await Promise.all(
      ["testing", "stable"].map((target) => listPackages(repository, { target, allVersions: true })),
    );
    const files = new Set(inTesting?.map(({ filename, sha256 }) => `${filename} ${sha256}`));
    expect(inStable?.every(({ filename, sha256 }) => files.has(`${filename} ${sha256}`))).toBe(true);
    expect(await verified()).toMatchObject({ faults: [] });
  });

  it("may begin with a part of the machines", async () => {
    const { repository, signers } = await filled();
    const options = { from: "testing", to: "stable", selectors: ["shop=1.10-1"], signers };
    await promotePackages(repository, { ...options, phased: 20 });
    expect(await listPackages(repository, { target: "stable" })).toMatchObject([{ phased: 20 }]);
    expect(await listPackages(repository, { target: "testing", name: "shop" })).not.toHaveProperty(
      "0.phased",
    );
  });

  it("needs the component of the same name, or one that is named", async () => {
    const { repository, signers, add, listed } = await filled();
    await add("testing/extra", [{ name: "toy" }]);
    const options = { from: "testing/extra", to: "stable", selectors: [], signers };
    expect(await thrown(() => promotePackages(repository, options))).toMatchObject({
      code: "REPO_NO_COMPONENT",
    });
    await promotePackages(repository, { ...options, to: "stable/main" });
    expect(await listed("stable/main")).toEqual(["toy 1.0-1"]);
  });

  it("of what is not there is an error", async () => {
    const { repository, signers } = await filled();
    const options = { from: "testing", to: "stable", selectors: ["shap"], signers };
    expect(await thrown(() => promotePackages(repository, options))).toMatchObject({
      code: "REPO_NO_PACKAGE",
    });
  });
});

describe("the list", () => {
  it.each([
    [{}, ["shop 1.10-1", "shop-doc 1.0-1"]],
    [{ name: "shop*", allVersions: true }, ["shop 1.9-1", "shop 1.10-1", "shop-doc 1.0-1"]],
    [{ name: "sho?" }, ["shop 1.10-1"]],
    [{ name: "sho" }, []],
    [{ architecture: "all" }, ["shop-doc 1.0-1"]],
    [{ component: "extra" }, []],
  ])("with %j is %j", async (options, wanted) => {
    const { repository } = await filled();
    const found = await listPackages(repository, options);
    expect(found.map(({ name, version }) => `${name} ${version}`)).toEqual(wanted);
  });
});

describe("rolling back", () => {
  it("publishes the former release anew, with a newer date", async () => {
    const { repository, signers, add, folder, verified } = await filled();
    await add("testing", [{ name: "shop", version: "2.0-1" }]);
    const [before] = await listReleases(repository, "testing");
    const published = await rollBack(repository, { suite: "testing", signers });
    expect(published).toMatchObject({ outcome: "published", added: [], removed: [{ version: "2.0-1" }] });
    const [now] = await listReleases(repository, "testing");
    expect(now?.date.getTime()).toBeGreaterThan(before?.date.getTime() ?? Infinity);
    expect(readByHash(folder, "dists/testing/")).not.toContain("shop 2.0-1");
    expect(await verified()).toMatchObject({ faults: [] });
  });

  it("goes to the release that is named", async () => {
    const { repository, signers, add, listed } = await filled();
    const [first] = await listReleases(repository, "testing");
    await add("testing", [{ name: "shop", version: "2.0-1" }]);
    await add("testing", [{ name: "shop", version: "3.0-1" }]);
    await rollBack(repository, { suite: "testing", to: first?.id ?? "", signers });
    expect(await listed("testing")).toEqual(["shop 1.9-1", "shop 1.10-1", "shop-doc 1.0-1"]);
  });

  it.each([[{}], [{ to: "20200101T000000Z" }]])("to nothing (%j) is an error", async (to) => {
    const { repository, signers } = await filled();
    const error = await thrown(() => rollBack(repository, { suite: "testing", signers, ...to }));
    expect(error.code).toBe("REPO_NO_RELEASE");
  });
});

describe("a snapshot", () => {
  it("stays whole when the suite goes on", async () => {
    const { repository, add, folder } = await filled();
    const made = await createSnapshot(repository, "testing", "2026-q4");
    expect(made).toEqual({ id: "2026-q4", suite: "testing" });
    await add("testing", [{ name: "shop", version: "2.0-1" }]);
    const root = join(folder, "snapshots/2026-q4");
    expect(readByHash(root, "dists/testing/")).not.toContain("shop 2.0-1");
    expect((await stat(join(root, "pool/main/s/shop/shop_1.9-1_amd64.deb"))).nlink).toBeGreaterThan(1);
    expect(await listSnapshots(repository)).toEqual([made]);
  });

  it("is called as its release where nothing else is said, and may be made again", async () => {
    const { repository } = await filled();
    const [head] = await listReleases(repository, "testing");
    const first = await createSnapshot(repository, "testing");
    expect(first.id).toBe(head?.id);
    expect(await createSnapshot(repository, "testing")).toEqual(first);
  });

  it("is refused where it would be another one, has no name, or nothing to hold", async () => {
    const { repository, add } = await filled();
    await createSnapshot(repository, "testing", "one");
    await add("testing", [{ name: "shop", version: "2.0-1" }]);
    const codes = await Promise.all(
      [
        ["testing", "one"],
        ["testing", "../up"],
        ["stable", "two"],
      ].map(async ([suite = "", id]) => (await thrown(() => createSnapshot(repository, suite, id))).code),
    );
    expect(codes).toEqual(["REPO_SNAPSHOT_EXISTS", "REPO_BAD_SNAPSHOT", "REPO_NO_RELEASE"]);
  });
});
