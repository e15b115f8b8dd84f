import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { addPackages } from "../../../src/repository/operations/add.ts";
import { listPackages } from "../../../src/repository/operations/list.ts";
import { removePackages } from "../../../src/repository/operations/remove.ts";
import { suitesRepository } from "../../helpers/suites-repository.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { writeTestDeb } from "../../helpers/test-debs.ts";
import { thrown } from "../../helpers/thrown.ts";

const SHOP = { name: "shop" };
const DOC = { name: "shop-doc", architecture: "all" };

describe("adding", () => {
  it("lists a package of all in the index of every architecture", async () => {
    const { add, folder, verified } = await suitesRepository();
    expect(await add("testing", [SHOP, DOC])).toMatchObject({ outcome: "published", removed: [] });
    for (const [architecture, names] of [
      ["amd64", ["shop", "shop-doc"]],
      ["arm64", ["shop-doc"]],
    ] as const) {
      const text = await unpacked(join(folder, `dists/testing/main/binary-${architecture}/Packages.gz`));
      expect([...text.matchAll(/^Package: (.*)$/gm)].map(([, name]) => name)).toEqual(names);
    }
    expect(await verified()).toMatchObject({ faults: [], orphans: [], checked: { packages: 2 } });
  });

  it("of what is there changes nothing", async () => {
    const { add } = await suitesRepository();
    const first = await add("testing", [SHOP]);
    expect(await add("testing", [SHOP])).toMatchObject({ outcome: "unchanged", release: first.release });
  });

  it("takes every package of a folder, and none twice", async () => {
    const { repository, signers, listed } = await suitesRepository();
    const folder = await tempFiles({ "notes.txt": "no package" });
    const path = writeTestDeb(folder, SHOP);
    writeTestDeb(folder, { ...SHOP, version: "1:1.1~rc1-1" });
    const options = { target: "stable", paths: [".", path], cwd: folder, jobs: 2, signers };
    await addPackages(repository, options);
    expect(await listed("stable")).toEqual(["shop 1.0-1", "shop 1:1.1~rc1-1"]);
  });

  it("in a dry run writes nothing at all", async () => {
    const { add, repository } = await suitesRepository();
    expect(await add("testing/extra", [SHOP], { dryRun: true })).toMatchObject({ outcome: "planned" });
    const paths: string[] = [];
    for await (const { path } of repository.storage.list("")) paths.push(path);
    expect(paths).toEqual(["venvdeb/repository.json"]);
  });
});

describe("other bytes of the same version", () => {
  it.each([
    ["of the same suite", "testing"],
    ["of another suite", "stable"],
    ["of another component", "testing/extra"],
  ])("%s are refused with both hashes", async (_, target) => {
    const { add, listed } = await suitesRepository();
    await add("testing", [SHOP]);
    const error = await thrown(() => add(target, [{ ...SHOP, content: "other" }]));
    expect(error.code).toBe("REPO_VERSION_CONFLICT");
    expect(new Set(error.message.match(/[0-9a-f]{64}/g)).size).toBe(2);
    expect(await listed("stable")).toEqual([]);
  });

  it("are refused where the source is another", async () => {
    const { add } = await suitesRepository();
    await add("testing", [SHOP]);
    const error = await thrown(() => add("stable", [{ ...SHOP, content: "other", source: "shop-suite" }]));
    expect(error.code).toBe("REPO_VERSION_CONFLICT");
  });

  it("are refused among what is given", async () => {
    const { repository, signers } = await suitesRepository();
    const [one, two] = [await tempFiles(), await tempFiles()];
    const paths = [writeTestDeb(one, SHOP), writeTestDeb(two, { ...SHOP, content: "other" })];
    const options = { target: "stable", paths, cwd: one, jobs: 2, signers };
    expect(await thrown(() => addPackages(repository, options))).toMatchObject({
      code: "REPO_VERSION_CONFLICT",
    });
  });
});

describe("phased updates", () => {
  // Dates of releases are a second apart, and no more than three ahead of the clock.
  it("are offered to a part of the machines, then to more, then to all", { timeout: 20_000 }, async () => {
    const { add, repository } = await suitesRepository();
    const phases = async () =>
      (await listPackages(repository, { target: "stable" })).map(({ phased }) => phased);
    await add("stable", [SHOP], { phased: 10 });
    expect(await phases()).toEqual([10]);
    expect(await add("stable", [SHOP])).toMatchObject({ outcome: "unchanged" });
    await add("stable", [SHOP], { phased: 50 });
    expect(await phases()).toEqual([50]);
    await add("stable", [SHOP], { phased: 100 });
    expect(await phases()).toEqual([undefined]);
  });

  it("of more than all are refused", async () => {
    const { add } = await suitesRepository();
    const error = await thrown(() => add("stable", [SHOP], { phased: 101 }));
    expect([error.code, error.exitCode]).toEqual(["REPO_BAD_PERCENTAGE", 2]);
  });
});

describe("what cannot be added", () => {
  it.each([
    ["a suite that is not there", "stabel", [SHOP], "REPO_NO_SUITE", '"stable"?'],
    ["a component that is not there", "testing/extras", [SHOP], "REPO_NO_COMPONENT", '"extra"?'],
    ["another architecture", "stable", [{ ...SHOP, architecture: "arm64" }], "REPO_NO_ARCHITECTURE", "arm64"],
  ])("%s", async (_, target, debs, code, says) => {
    const { add } = await suitesRepository();
    const error = await thrown(() => add(target, debs));
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  it.each([["nothing.deb"], ["empty"]])("%s is no package", async (path) => {
    const { repository, signers } = await suitesRepository();
    const cwd = await tempFiles({ "empty/readme": "" });
    const options = { target: "stable", paths: [path], cwd, jobs: 2, signers };
    expect(await thrown(() => addPackages(repository, options))).toMatchObject({ code: "REPO_NO_FILES" });
  });
});

describe("removing", () => {
  it.each([
    ["shop", ["cart 1.0-1"]],
    ["shop=1.0-1", ["cart 1.0-1", "shop 1.1-1"]],
    ["shop=1.1-1:amd64", ["cart 1.0-1", "shop 1.0-1"]],
    ["shop:amd64=1.1-1", ["cart 1.0-1", "shop 1.0-1"]],
  ])("%s leaves the rest", async (selector, left) => {
    const { add, listed, repository, signers } = await suitesRepository();
    await add("stable", [SHOP, { ...SHOP, version: "1.1-1" }, { name: "cart" }]);
    await removePackages(repository, { target: "stable", selectors: [selector], signers });
    expect(await listed("stable")).toEqual(left);
  });

  it.each([
    ["shpo", "REPO_NO_PACKAGE", 'did you mean "shop"?'],
    ["shop=2.0", "REPO_NO_PACKAGE", "shop 1.0-1 (amd64)"],
    ["shop:arm64", "REPO_NO_PACKAGE", "shop 1.0-1 (amd64)"],
    ["Shop!", "REPO_BAD_SELECTOR", "Shop!"],
  ])("%s is an error", async (selector, code, says) => {
    const { add, repository, signers } = await suitesRepository();
    await add("stable", [SHOP]);
    const options = { target: "stable", selectors: ["shop", selector], signers };
    const error = await thrown(() => removePackages(repository, options));
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });
});

async function unpacked(path: string): Promise<string> {
  return gunzipSync(await readFile(path)).toString();
}
