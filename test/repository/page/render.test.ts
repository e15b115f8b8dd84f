import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { groupByBeginning } from "../../../src/repository/page/catalog.ts";
import { linkFrom, packagePage, pathWord } from "../../../src/repository/page/paths.ts";
import { renderPage } from "../../../src/repository/page/render.ts";
import { fingerprintText, paragraphsOf, sizeText } from "../../../src/repository/page/text.ts";
import { indexedPackage, largeInput, pageInput, teamInput } from "../../helpers/page-input.ts";

describe("the first page", () => {
  const pages = renderPage(teamInput());
  const text = pages.get("index.html") ?? "";

  it.each([
    ["the fingerprint in fours", "4B2C 91D0 7A5E F388 12C6  D940 77E1 A0B3 5F6C 2D18"],
    ["deb822 sources", "Signed-By: /etc/apt/keyrings/example.asc"],
    ["a table of each suite", "Packages of testing"],
    ["the newest version and how many are older", "<bdi>2.4.1-1</bdi> <small>and 2 older</small>"],
    ["a version that is new in a suite", "<bdi>2.5.0~rc1-1</bdi>"],
    ["every architecture", "amd64, arm64"],
    ["sizes", "24.3\u00a0MB"],
    ["dates", '<time datetime="2026-11-02">2\u00a0Nov\u00a02026</time>'],
    ["links to packages", 'href="packages/libexample-c_p_p-dev.html"'],
  ])("has %s", (_what, piece) => {
    expect(text).toContain(piece);
  });

  it("asks nothing of another server", () => {
    expect(text).toContain("default-src &#39;none&#39;".replaceAll("&#39;", "'"));
    expect([...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link)).not.toContainEqual(
      expect.stringMatching(/^(?:https?:)?\/\//),
    );
  });
});

describe("a repository without packages and without an address", () => {
  it("says so", () => {
    const text = renderPage({ ...pageInput({ stable: [] }), guides: [] }).get("index.html");
    expect(text).toContain("The address of this repository is not set yet.");
    expect(text).toContain("There is no package in it yet.");
  });
});

describe("the page of a package", () => {
  const text = renderPage(teamInput()).get("packages/example-orders.html") ?? "";

  it.each([
    ["the command that installs it", "sudo apt install example-orders"],
    ["all versions with their files", "../pool/main/e/example-orders/example-orders_2.3.0-1_arm64.deb"],
    ["the SBOM", ">SBOM<"],
    [
      "dependencies with links to those that are here",
      'href="example-common.html"><bdi>example-common (= 2.4.0-1)'.replace(
        "example-common.html",
        "../packages/example-common.html",
      ),
    ],
    ["dependencies from elsewhere", "<bdi>libc6 (&#62;= 2.36)</bdi>"],
    ["the changelog", "Orders can be split over several warehouses."],
    ["the description in paragraphs", "hands them on to the warehouse."],
    ["the homepage", 'href="https://example.com/orders"'],
  ])("has %s", (_what, piece) => {
    expect(text).toContain(piece);
  });

  it("has the newest version first, with the suites that have it", () => {
    const versions = [...text.matchAll(/<th scope="row"><bdi>([^<]*)<\/bdi> <small>([^<]*)/g)];
    expect(versions.map(([, version, suites]) => [version, suites])).toEqual([
      ["2.5.0~rc1-1", "testing"],
      ["2.4.1-1", "stable"],
      ["2.4.0-1", "stable"],
      ["2.3.0-1", "stable"],
    ]);
  });
});

const ATTACKS = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "{{ 1 | html }}{% raw %}",
  "\u202egnp.exe \u200f",
  "javascript:alert(1)",
  "&lt;b&gt;",
  "]]><!--",
];

/** Without the values of its attributes. */
const SAFE_TAG = /^<\/?(?!img)[a-z][a-z0-9]*(?: (?!on)[a-z-]+)*>$/;

describe("hostile text", () => {
  it.each(ATTACKS)("%j is text in every field", (attack) => {
    const fields = `Homepage: ${attack}\nDepends: a, ${attack}\nSection: ${attack}\nLicense: ${attack}\n`;
    const victim = {
      ...indexedPackage({ name: "victim", description: `${attack}\n ${attack}\n .\n  ${attack}`, fields }),
      filename: `pool/${attack}.deb`,
    };
    const named = indexedPackage({ name: attack, version: attack, architecture: attack });
    const input = pageInput({ stable: [victim, named] });
    const notes = new Map([[victim.sha256, { changelog: attack, sbom: `sbom/${attack}` }]]);
    for (const [path, text] of renderPage({ ...input, notes })) {
      expect(path).toMatch(/^[\w./-]+$/);
      if (!path.endsWith(".html")) continue;
      const tags = (text.match(/<(?!!doctype)[^>]*>?/g) ?? []).map((tag) =>
        tag.replaceAll(/="[^"<>]*"/g, ""),
      );
      expect(tags.filter((tag) => !SAFE_TAG.test(tag))).toEqual([]);
      expect(tags.filter((tag) => tag.startsWith("<script"))).toEqual(["<script src defer>"]);
      expect(text).not.toMatch(/[\u202a-\u202e]|(?:href|src)="(?!https?:)[a-z]+:(?!,")/);
    }
  });

  it("of a megabyte makes no page of a megabyte", () => {
    const long = "x ".repeat(1 << 19);
    const fields = `Depends: ${"some-package (>= 1), ".repeat(50_000)}z\n`;
    const one = indexedPackage({ name: "long", description: `${long}\n ${long}`, fields });
    const notes = new Map([[one.sha256, { changelog: long }]]);
    const pages = renderPage({ ...pageInput({ stable: [one] }), notes });
    expect(Math.max(...[...pages.values()].map((text) => text.length))).toBeLessThan(60_000);
  });
});

describe("10,000 packages", () => {
  const pages = renderPage(largeInput(10_000));
  const pathsOf = (start: string): string[] => [...pages.keys()].filter((path) => path.startsWith(start));

  it("have a small first page and small lists", () => {
    expect(pages.get("index.html")?.length).toBeLessThan(60_000);
    expect(Math.max(...pathsOf("browse/").map((path) => pages.get(path)?.length ?? 0))).toBeLessThan(200_000);
  });

  it("are all listed once, and their pages are there", () => {
    const links = pathsOf("browse/").flatMap((path) =>
      [...(pages.get(path) ?? "").matchAll(/href="\.\.\/\.\.\/(packages\/[^"]*)"/g)].map(([, link]) => link),
    );
    expect(new Set(links)).toEqual(new Set(pathsOf("packages/")));
    expect(links).toHaveLength(10_000);
  });

  it("can be searched by a file of their names", () => {
    const list: unknown = JSON.parse(pages.get("page/packages.json") ?? "");
    expect(list).toHaveLength(10_000);
    expect(pages.get("page/packages.json")?.length).toBeLessThan(1_000_000);
  });
});

describe("groups", () => {
  it("hold every name once, under its beginning, and not too many", () => {
    const names = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 1, maxLength: 9 }),
    );
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 9 }), (all, largest) => {
        const entries = all.toSorted().map((name) => ({ name }));
        const groups = groupByBeginning(entries, largest);
        expect(groups.flatMap((group) => group.entries)).toEqual(entries);
        expect(new Set(groups.map(({ prefix }) => prefix)).size).toBe(groups.length);
        for (const { prefix, entries: part } of groups) {
          expect(part.length).toBeLessThanOrEqual(largest);
          expect(part.every(({ name }) => name.startsWith(prefix))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("texts and paths", () => {
  it("different texts have different parts of a path, which every store takes", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "_", "p", "+", "~", ".", "/", "x", "2", "b", "é") });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(pathWord(a)).toMatch(/^(?!\.)[\w.-]+$/);
        expect(pathWord(a) === pathWord(b)).toBe(a === b);
      }),
    );
  });

  it.each([
    ["index.html", "pool/a b/c#1.deb", "pool/a%20b/c%231.deb"],
    ["packages/a.html", "index.html", "../index.html"],
    ["browse/stable/a.html", packagePage("b"), "../../packages/b.html"],
  ])("from %s to %s is %s", (page, target, link) => {
    expect(linkFrom(page, target)).toBe(link);
  });

  it.each([
    [0, "0\u00a0B"],
    [999, "999\u00a0B"],
    [1000, "1.0\u00a0kB"],
    [123_456, "123\u00a0kB"],
    [5_000_000_000_000, "5000\u00a0GB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  it("a long description has paragraphs", () => {
    expect(paragraphsOf("short\n one\n two\n .\n list:\n  - a")).toEqual(["one two", "list:\n - a"]);
  });

  it("a short fingerprint stays whole", () => {
    expect(fingerprintText("ABCDEF01")).toBe("ABCD  EF01");
  });
});
