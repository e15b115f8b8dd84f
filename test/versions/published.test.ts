import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { readHost } from "../../src/effects/host.ts";
import { fetchPublished, parsePublishedSuite } from "../../src/versions/published.ts";
import { suitesRepository } from "../helpers/suites-repository.ts";
import { tempFiles } from "../helpers/temp-files.ts";

it.each([
  ["./apt#stable", { url: "./apt", suite: "stable" }],
  ["s3://bucket/a#b#stable", { url: "s3://bucket/a#b", suite: "stable" }],
  ["shop_1.0-1_all.deb", undefined],
  ["build#7.deb", undefined],
  ["c#/shop_1.0-1_all.deb", undefined],
])("%s is read", (text, expected) => {
  expect(parsePublishedSuite(text)).toEqual(expected);
});

it("the newest that is older, of this name and architecture, is brought; none at the first publication", async () => {
  const repository = await suitesRepository();
  await repository.add("testing", [
    { name: "shop", version: "1.0-1" },
    { name: "shop", version: "1:0.9-1" },
    { name: "shop", version: "1:2.0-1" },
    { name: "shop", version: "1:1.0-1", architecture: "arm64" },
    { name: "shop-more", version: "1:1.5-1" },
  ]);
  const fetched = async (version: string, name = "shop") => {
    const from = { url: repository.folder, suite: "testing" };
    const folder = await tempFiles();
    const path = await fetchPublished(
      from,
      { name, version, architecture: "amd64" },
      { folder, host: readHost() },
    );
    return path === undefined ? undefined : basename(path);
  };
  expect(await fetched("1:2.0-1")).toBe("shop_1_e0.9-1_amd64.deb");
  expect(await fetched("1:3.0-1")).toBe("shop_1_e2.0-1_amd64.deb");
  expect(await fetched("1.0-1")).toBeUndefined();
  expect(await fetched("9.0-1", "other")).toBeUndefined();
  await writeFile(join(repository.folder, "pool/main/s/shop/shop_1_e2.0-1_amd64.deb"), "other bytes");
  await expect(fetched("1:3.0-1")).rejects.toMatchObject({ code: "REPO_DAMAGED" });
});
