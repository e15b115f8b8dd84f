import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { byHashPath } from "../../../src/repository/heads.ts";
import { EMPTY_INDEX } from "../../../src/repository/index/package-index.ts";
import { readIndex } from "../../../src/repository/index/read.ts";
import { renderIndex } from "../../../src/repository/index/render.ts";
import { openDirectory } from "../../../src/repository/storage/directory.ts";
import type { IndexCompression, ReleaseEntry } from "../../../src/repository/types.ts";
import { indexedPackage, manyPackages } from "../../helpers/indexed-packages.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";

const INDEX = EMPTY_INDEX.edited({ add: manyPackages(900), remove: [] });
const TEXT = Buffer.concat(INDEX.chunks.map(({ text }) => text));

describe("an index is read as it was written", () => {
  test.for<[string, IndexCompression[]]>([
    ["gzip", ["gz"]],
    ["xz", ["xz"]],
    ["no compression", ["plain"]],
    ["every form", ["plain", "gz", "xz"]],
  ])("from %s", async ([, compressions]) => {
    const forms = await renderIndex(INDEX, compressions);
    const index = await readBack(forms.map(({ compression, bytes }) => [compression, bytes ?? TEXT]));
    expect(index.chunks.map(({ text }) => text.length)).toEqual(INDEX.chunks.map(({ text }) => text.length));
    expect(Buffer.concat(index.chunks.map(({ text }) => text)).equals(TEXT)).toBe(true);
    expect(index.chunks.every(({ gz }) => (gz !== undefined) === compressions.includes("gz"))).toBe(true);
    expect(index.chunks.every(({ xz }) => (xz !== undefined) === compressions.includes("xz"))).toBe(true);
    const again = await renderIndex(index, ["plain", "gz", "xz"]);
    const scratch = await renderIndex(INDEX, ["plain", "gz", "xz"]);
    expect(again.map(({ sha256 }) => sha256)).toEqual(scratch.map(({ sha256 }) => sha256));
  });

  test("when its pieces are cut elsewhere, and are cut anew", async () => {
    const half = TEXT.indexOf("\n\nPackage: ", TEXT.length / 2) + 2;
    const gz = Buffer.concat([TEXT.subarray(0, half), TEXT.subarray(half)].map((part) => gzipSync(part)));
    const xz = execFileSync("xz", ["-c"], { input: TEXT });
    const index = await readBack([
      ["plain", TEXT],
      ["gz", gz],
      ["xz", xz],
    ]);
    expect(index.chunks.map(({ text }) => text.toString())).toEqual(
      INDEX.chunks.map(({ text }) => text.toString()),
    );
    expect(index.chunks.some((chunk) => "xz" in chunk)).toBe(false);
  });

  test("with an edit, to the bytes that it has from scratch", async () => {
    const compressions = ["plain", "gz", "xz"] as const;
    const forms = await renderIndex(INDEX, compressions);
    const index = await readBack(forms.map(({ compression, bytes }) => [compression, bytes ?? TEXT]));
    const [first] = index.packages();
    const edit = { add: [indexedPackage("new", "1")], remove: first === undefined ? [] : [first] };
    const edited = await renderIndex(index.edited(edit), compressions);
    const scratch = await renderIndex(INDEX.edited(edit), compressions);
    expect(edited.map(({ sha256 }) => sha256)).toEqual(scratch.map(({ sha256 }) => sha256));
  });
});

test("an index that is not listed, or is empty, has no package", async () => {
  const storage = await openDirectory(await tempFiles());
  expect(await readIndex(storage, "", "Packages", [])).toBe(EMPTY_INDEX);
  expect(await readIndex(storage, "", "Packages", [entryOf("Packages", Buffer.alloc(0))])).toBe(EMPTY_INDEX);
});

test.for<[string, (gz: Buffer) => Buffer]>([
  ["is no gzip", () => Buffer.from("something else")],
  ["is cut off", (gz) => gz.subarray(0, -20)],
  ["holds more than its release says", () => gzipSync(Buffer.concat([TEXT, TEXT]))],
  ["holds no stanzas", () => gzipSync("no stanza\n\n")],
])("an index that %s is damaged", async ([, change]) => {
  const error = await thrown(async () => {
    const index = await readBack([
      ["plain", TEXT],
      ["gz", change(gzipSync(TEXT))],
    ]);
    return [...index.packages()];
  });
  expect(error).toMatchObject({ code: "REPO_DAMAGED", hint: "venvdeb repo verify" });
});

async function readBack(forms: readonly (readonly [IndexCompression, Buffer])[]) {
  const storage = await openDirectory(await tempFiles());
  const entries: ReleaseEntry[] = [];
  for (const [compression, bytes] of forms) {
    const entry = entryOf(compression === "plain" ? "Packages" : `Packages.${compression}`, bytes);
    entries.push(entry);
    await storage.create(byHashPath(entry), bytes);
  }
  return await readIndex(storage, "", "Packages", entries);
}

function entryOf(path: string, bytes: Buffer): ReleaseEntry {
  return { path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
