import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { array, assert, property, subarray, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { diffIndexes } from "../../../src/repository/index/diff.ts";
import { EMPTY_INDEX } from "../../../src/repository/index/package-index.ts";
import { renderIndex } from "../../../src/repository/index/render.ts";
import { beginsChunk } from "../../../src/repository/index/stanzas.ts";
import type { PackageIndex } from "../../../src/repository/index/types.ts";
import type { IndexedPackage } from "../../../src/repository/types.ts";
import { indexedPackage, manyPackages } from "../../helpers/indexed-packages.ts";
import { thrown } from "../../helpers/thrown.ts";

describe("an index", () => {
  test("lists packages by name, Debian version, architecture", () => {
    const order = [
      indexedPackage("a", "1~rc1"),
      indexedPackage("a", "1"),
      indexedPackage("a", "1.10"),
      indexedPackage("a", "1:0", { architecture: "all" }),
      indexedPackage("a", "1:0"),
      indexedPackage("a+b", "1"),
      indexedPackage("b", "1"),
    ];
    expect([...indexOf(order.toReversed()).packages()]).toEqual(order);
  });

  test("finds every version of a package, in one chunk or in several", () => {
    const versions = Array.from({ length: 600 }, (_, number) => indexedPackage("middle", `${number}`));
    const index = indexOf([...versions, ...manyPackages(50), indexedPackage("z", "1")]);
    expect(index.chunks.length).toBeGreaterThan(2);
    expect(index.find("middle")).toEqual(versions);
    expect(index.find("z").map(({ version }) => version)).toEqual(["1"]);
    expect(index.find("none")).toEqual([]);
    expect(EMPTY_INDEX.find("none")).toEqual([]);
  });

  test("stays the same object when nothing changes", () => {
    const index = indexOf(manyPackages(300));
    const [first] = index.packages();
    expect(first).toBeDefined();
    const edit = { add: first === undefined ? [] : [first], remove: [indexedPackage("none", "1")] };
    expect(index.edited(edit)).toBe(index);
  });

  test("keeps the chunks that do not change", () => {
    const index = indexOf(manyPackages(2000));
    const edited = index.edited({ add: [indexedPackage("package-1000a", "1")], remove: [] });
    const kept = new Set(index.chunks);
    expect(edited.chunks.filter((chunk) => !kept.has(chunk)).length).toBeLessThanOrEqual(2);
  });

  test("takes another stanza of the same package in the place of the former", () => {
    const index = indexOf([indexedPackage("a", "1"), indexedPackage("b", "1")]);
    const edited = index.edited({ add: [indexedPackage("b", "1", { note: "Another text" })], remove: [] });
    expect([...edited.packages()].map(({ stanza }) => stanza.includes("Another"))).toEqual([false, true]);
  });

  test.for([
    ["has an empty line", (stanza: string) => stanza.replace(" .\n", "\n")],
    ["is of another package", (stanza: string) => stanza.replace("Package: a", "Package: b")],
    ["says another size", (stanza: string) => stanza.replace(/Size: .*/, "Size: 5")],
    ["lacks a field", (stanza: string) => stanza.replace(/SHA256: .*\n/, "")],
    ["does not end in a newline", (stanza: string) => stanza.trimEnd()],
  ] as const)("refuses a stanza that %s", async ([, change]) => {
    const sound = indexedPackage("a", "1");
    const error = await thrown(() =>
      EMPTY_INDEX.edited({ add: [{ ...sound, stanza: change(sound.stanza) }], remove: [] }),
    );
    expect(error).toMatchObject({ code: "REPO_BAD_STANZA" });
  });
});

test("the same packages give the same chunks, whatever came before", () => {
  const packages = candidates();
  assert(
    property(
      array(tuple(subarray(packages), subarray(packages)), { minLength: 1, maxLength: 6 }),
      (edits) => {
        let index: PackageIndex = EMPTY_INDEX;
        for (const [add, remove] of edits) index = index.edited({ add, remove });
        const scratch = indexOf([...index.packages()]);
        expect(texts(index)).toEqual(texts(scratch));
        expect(index.chunks.slice(1).every(({ text }) => text.length > 0)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test("the difference of two indexes makes the one of the other", () => {
  const packages = candidates();
  assert(
    property(subarray(packages), subarray(packages), (before, after) => {
      const edit = diffIndexes(indexOf(before), indexOf(after));
      expect(texts(indexOf(before).edited(edit))).toEqual(texts(indexOf(after)));
      const kept = new Set(before);
      expect(edit.add.length).toBe(after.filter((one) => !kept.has(one)).length);
    }),
  );
});

describe("the forms of an index", () => {
  test.for([0, 1, 900])("are what gzip and xz take, with the text of %d packages", async (count) => {
    const index = indexOf(manyPackages(count));
    const [plain, gz, xz] = await renderIndex(index, ["plain", "gz", "xz"]);
    const text = Buffer.concat(index.chunks.map((chunk) => chunk.text));
    expect(plain?.bytes?.equals(text)).toBe(true);
    expect(gunzipSync(gz?.bytes ?? "").equals(text)).toBe(true);
    execFileSync("gzip", ["-t"], { input: gz?.bytes });
    execFileSync("xz", ["-t"], { input: xz?.bytes });
    expect(execFileSync("xz", ["-dc"], { input: xz?.bytes, maxBuffer: 1e8 }).equals(text)).toBe(true);
  });

  test("list the plain one also when it is not stored", async () => {
    const forms = await renderIndex(indexOf(manyPackages(3)), ["gz"]);
    expect(forms.map(({ compression, bytes }) => [compression, bytes !== undefined])).toEqual([
      ["plain", false],
      ["gz", true],
    ]);
  });
});

/** Few names, many versions, and among them some that begin a chunk. */
function candidates(): IndexedPackage[] {
  const packages = Array.from({ length: 2000 }, (_, number) =>
    indexedPackage(`p${number % 40}`, `${number}`),
  );
  const first = packages.filter(beginsChunk);
  return [...first.slice(0, 8), ...packages.filter((one) => !beginsChunk(one)).slice(0, 16)];
}

function indexOf(packages: readonly IndexedPackage[]): PackageIndex {
  return EMPTY_INDEX.edited({ add: packages, remove: [] });
}

function texts(index: PackageIndex): string[] {
  return index.chunks.map(({ text }) => text.toString());
}
