import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { publishSite, type SiteSources } from "../../../src/repository/page/site.ts";
import { openDirectory } from "../../../src/repository/storage/directory.ts";
import type { Storage } from "../../../src/repository/storage/types.ts";
import type { IndexedPackage } from "../../../src/repository/types.ts";
import { indexedPackage, largeInput, pageInput } from "../../helpers/page-input.ts";
import { siteSuites } from "../../helpers/site-suites.ts";
import { tempFiles } from "../../helpers/temp-files.ts";

async function emptySite() {
  const folder = await tempFiles();
  const storage = await openDirectory(folder);
  const asked: string[] = [];
  const { suitesOf, former, lose } = siteSuites();
  const publish = async (listed: readonly IndexedPackage[] | Suites, override: Partial<SiteSources> = {}) => {
    const bySuite = isList(listed) ? { stable: listed } : listed;
    const { settings, guides } = pageInput(bySuite);
    return await publishSite(
      { storage, settings },
      {
        guides,
        releases: async () => "1",
        suites: async () => suitesOf(bySuite),
        former,
        record: async (sha256) => {
          asked.push(sha256);
          return { added: "2026-11-20T08:00:00.000Z", changelog: `log ${sha256}`, sbom: "" };
        },
        ...override,
      },
    );
  };
  const read = async (path: string): Promise<string> => await readFile(join(folder, path), "utf8");
  return { folder, storage, asked, publish, read, suitesOf, lose };
}

type Suites = Readonly<Record<string, readonly IndexedPackage[]>>;

function isList(listed: readonly IndexedPackage[] | Suites): listed is readonly IndexedPackage[] {
  return Array.isArray(listed);
}

const A = indexedPackage({ name: "a-one", fields: "Depends: b-two\n" });
const B = indexedPackage({ name: "b-two" });
const C = indexedPackage({ name: "c-three" });

describe("publishing the site", () => {
  it("writes everything once, the first page last, and then nothing", async () => {
    const { publish, read } = await emptySite();
    const { written } = await publish([A, C]);
    expect(written).toEqual([
      "packages/a-one.html",
      "packages/c-three.html",
      "page/style.css",
      "page/page.js",
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
    const { publish, read, suitesOf } = await emptySite();
    const suites = [[A], [A, B]].map((packages) => suitesOf({ stable: packages }));
    let turn = 0;
    await publish([], {
      releases: async () => String(Math.min(turn, 1)),
      suites: async () => suites[Math.min(turn++, 1)] ?? [],
    });
    expect(await read("index.html")).toContain("b-two");
    expect(turn).toBe(2);
  });

  it("takes the time of a file whose record is lost, and a manifest that is damaged for none", async () => {
    const { publish, read, storage } = await emptySite();
    await storage.write(A.filename, Buffer.from("deb"));
    await storage.write(
      "venvdeb/pages.json",
      Buffer.from('{"format":2,"form":"","files":{"../x":"y"},"suites":[]}'),
    );
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

  it("writes everything when the former index is kept no more", async () => {
    const { publish, lose } = await emptySite();
    await publish([A, C]);
    lose();
    expect((await publish([A, B, C])).written).toContain("packages/c-three.html");
  });

  it("writes no page of a package for another date or another guide", async () => {
    const { publish, suitesOf } = await emptySite();
    await publish([A, C]);
    const suites = suitesOf({ stable: [A, C] }).map(({ suite, indexes }) => ({
      suite,
      indexes,
      date: new Date(0),
      release: "2",
    }));
    expect((await publish([A, C], { suites: async () => suites })).written).toEqual(["index.html"]);
    expect((await publish([A, C], { guides: [] })).written).toEqual(["index.html"]);
  });
});

describe("whatever came before", () => {
  const NAMES = ["a", "ab", "b", "b-c", "c"];
  const packages = NAMES.flatMap((name, place) =>
    ["1.0", "1.0-0", "2:0.1"].map((version) =>
      indexedPackage({
        name,
        version,
        fields: `Depends: ${NAMES[(place * 3 + 1) % NAMES.length]}, b | ab\n`,
      }),
    ),
  );
  const suites = fc.record(
    { stable: fc.subarray(packages), testing: fc.subarray(packages) },
    { requiredKeys: ["stable"] },
  );

  it("the same packages give the same files", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(suites, { minLength: 1, maxLength: 5 }), async (steps) => {
        const [grown, fresh] = [await emptySite(), await emptySite()];
        for (const step of steps) await grown.publish(step);
        await fresh.publish(steps.at(-1) ?? {});
        expect(await filesOf(grown.storage)).toEqual(await filesOf(fresh.storage));
      }),
      { numRuns: 12 },
    );
  });
});

async function filesOf(storage: Storage): Promise<ReadonlyMap<string, string | undefined>> {
  const files = new Map<string, string | undefined>();
  for await (const { path } of storage.list(""))
    files.set(path, (await storage.read(path))?.bytes.toString());
  return files;
}
