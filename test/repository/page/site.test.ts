import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publishSite, type SiteSources } from "../../../src/repository/page/site.ts";
import type { PageSuite } from "../../../src/repository/page/types.ts";
import { openDirectory } from "../../../src/repository/storage/directory.ts";
import type { IndexedPackage } from "../../../src/repository/types.ts";
import { indexedPackage, largeInput, pageInput } from "../../helpers/page-input.ts";
import { tempFiles } from "../../helpers/temp-files.ts";

async function emptySite() {
  const folder = await tempFiles();
  const storage = await openDirectory(folder);
  const asked: string[] = [];
  const publish = async (packages: readonly IndexedPackage[], override: Partial<SiteSources> = {}) => {
    const { settings, suites, guides } = pageInput({ stable: packages });
    return await publishSite(
      { storage, settings },
      {
        guides,
        releases: async () => "1",
        suites: async () => suites,
        record: async (sha256) => {
          asked.push(sha256);
          return { added: "2026-11-20T08:00:00.000Z", changelog: `log ${sha256}`, sbom: "" };
        },
        ...override,
      },
    );
  };
  const read = async (path: string): Promise<string> => await readFile(join(folder, path), "utf8");
  return { folder, asked, publish, read };
}

const A = indexedPackage({ name: "a-one", fields: "Depends: b-two\n" });
const B = indexedPackage({ name: "b-two" });
const C = indexedPackage({ name: "c-three" });

describe("publishing the site", () => {
  it("writes everything once, the first page last, and then nothing", async () => {
    const { publish, read } = await emptySite();
    const { written } = await publish([A, C]);
    expect(written).toEqual([
      "page/style.css",
      "page/page.js",
      "packages/a-one.html",
      "packages/c-three.html",
      "index.html",
    ]);
    expect(await read("packages/a-one.html")).toContain(`log ${A.sha256}`);
    expect(await read("index.html")).toContain("20\u00a0Nov\u00a02026");
    expect(await publish([A, C])).toEqual({ written: [], removed: [] });
  });

  it("writes only what a new package changes: those that link to it too", async () => {
    const { publish, read, asked } = await emptySite();
    await publish([A, C]);
    asked.length = 0;
    expect((await publish([A, B, C])).written).toEqual([
      "packages/a-one.html",
      "packages/b-two.html",
      "index.html",
    ]);
    expect(asked).not.toContain(C.sha256);
    expect(await read("packages/a-one.html")).toContain('href="../packages/b-two.html"');
  });

  it("removes the page of a package that is gone", async () => {
    const { publish, read } = await emptySite();
    await publish([A, B, C]);
    expect(await publish([A, B])).toEqual({ written: ["index.html"], removed: ["packages/c-three.html"] });
    await expect(read("packages/c-three.html")).rejects.toThrow(/ENOENT/);
  });

  it("makes the pages again when a suite is published meanwhile", async () => {
    const { publish, read } = await emptySite();
    const suites: (readonly PageSuite[])[] = [[A], [A, B]].map(
      (packages) => pageInput({ stable: packages }).suites,
    );
    let turn = 0;
    await publish([], {
      releases: async () => String(Math.min(turn, 1)),
      suites: async () => suites[Math.min(turn++, 1)] ?? [],
    });
    expect(await read("index.html")).toContain("b-two");
    expect(turn).toBe(2);
  });

  it("takes the time of a file whose record is lost, and a manifest that is damaged for none", async () => {
    const { publish, read, folder } = await emptySite();
    const storage = await openDirectory(folder);
    await storage.write(A.filename, Buffer.from("deb"));
    await storage.write("venvdeb/pages.json", Buffer.from('{"format":1,"pages":{"../x":"y"},"added":{}}'));
    const year = String(new Date().getUTCFullYear());
    await publish([A, B], { record: async () => undefined });
    const text = await read("index.html");
    expect([...text.matchAll(/<time datetime="(\d{4})/g)].map(([, one]) => one)).toEqual([year]);
  });

  it("of thousands writes few files for one more", async () => {
    const { publish } = await emptySite();
    const packages = largeInput(2000).suites[0]?.packages ?? [];
    await publish(packages);
    const { written } = await publish([...packages, C]);
    expect(written.toSorted()).toEqual(
      ["browse/stable/c.html", "index.html", "packages/c-three.html", "page/packages.json"].toSorted(),
    );
  });
});
