import { readdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSize, storeLimit } from "../../src/cache/limit.ts";
import { openStore, type BlobReference } from "../../src/cache/store.ts";
import { listValues, trimStore, verifyStore } from "../../src/cache/survey.ts";
import { cli } from "../helpers/cli.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

/** A store with blobs of 100 kB each, the first not used for longest, and a note. */
async function filledStore(blobs: number) {
  const cache = await tempFiles();
  const folder = join(cache, "layers");
  const store = await openStore(folder, recordingReporter());
  if (!store) throw new Error("no store");
  const kept: BlobReference[] = [];
  for (let index = 0; index < blobs; index++) {
    const { blob } = await store.keep(async (write) => await write(Buffer.alloc(100_000, index)));
    const value = (await listValues(folder)).find(({ path }) => path.endsWith(blob.sha256));
    utimesSync(value?.path ?? "", 1_000_000 + index, 1_000_000 + index);
    kept.push(blob);
  }
  await store.writeNote("layer", "abcd", { a: 1 });
  return { cache, folder, store, kept };
}

test("what was not used for longest goes first", async () => {
  const { folder, store, kept } = await filledStore(4);
  expect(await store.has(kept[0] ?? { sha256: "", size: 0 })).toBe(true);
  const removed = await trimStore(folder, 250_000, Date.now());
  expect(removed.map(({ path }) => path.split("/").at(-1))).toEqual([kept[1]?.sha256, kept[2]?.sha256]);
  expect(await store.readNote("layer", "abcd")).toEqual({ a: 1 });
});

test("what a killed build has left unfinished goes after a day", async () => {
  const { folder } = await filledStore(1);
  const path = join(folder, "unfinished/half");
  writeFileSync(path, "half");
  await trimStore(folder, 1_000_000, Date.now());
  expect(readdirSync(join(folder, "unfinished"))).toEqual(["half"]);
  await trimStore(folder, 1_000_000, Date.now() + 25 * 3600 * 1000);
  expect(readdirSync(join(folder, "unfinished"))).toEqual([]);
});

test("damage of every kind is found and removed, once", async () => {
  const { folder } = await filledStore(3);
  const [first, second] = (await listValues(folder)).filter(({ kind }) => kind === "blob");
  const note = (await listValues(folder)).find(({ kind }) => kind === "layer");
  truncateSync(first?.path ?? "", 10);
  writeFileSync(second?.path ?? "", Buffer.alloc(100_000, 99));
  writeFileSync(note?.path ?? "", "x");
  expect(new Set((await verifyStore(folder)).map(({ path }) => path))).toEqual(
    new Set([first?.path, second?.path, note?.path]),
  );
  expect(await verifyStore(folder)).toEqual([]);
});

test.each([
  ["10G", 10_000_000_000],
  ["2.5 GB", 2_500_000_000],
  ["500m", 500_000_000],
  ["1234", 1234],
  ["0", 0],
])("%s is a size", (text, bytes) => {
  expect(parseSize(text, "--size")).toBe(bytes);
});

test.each(["", "ten", "-1G", "1GiB", "1e9"])("%j is no size", async (text) => {
  expect((await thrown(() => parseSize(text, "--size"))).code).toBe("CACHE_BAD_SIZE");
});

test("the limit is 10 GB where nobody says otherwise", () => {
  expect([storeLimit({ env: {} }), storeLimit({ env: { VENVDEB_CACHE_SIZE: "1G" } })]).toEqual([1e10, 1e9]);
});

test("the command shows, shrinks and checks the cache", async () => {
  const { cache, folder } = await filledStore(4);
  const env = { VENVDEB_CACHE_DIR: cache };
  const info = await cli(["cache", "info", "--json"], { env });
  expect(JSON.parse(info.stdout)).toMatchObject({ folder, values: 5, limit: 10_000_000_000 });
  const pruned = await cli(["cache", "prune", "--size", "150K"], { env });
  expect(pruned.stdout).toBe(`folder: ${folder}\nremoved: 3 values, 0.3 MB`);
  expect((await cli(["cache", "verify"], { env })).exitCode).toBe(0);
  truncateSync((await listValues(folder))[0]?.path ?? "", 1);
  const verified = await cli(["cache", "verify"], { env });
  expect([verified.exitCode, verified.stdout]).toEqual([
    1,
    `folder: ${folder}\nkept: 1 value, 0.0 MB\ndamaged and removed: 1 value`,
  ]);
  expect((await cli(["cache", "info"], { env: { ...env, VENVDEB_CACHE_SIZE: "lots" } })).stderr).toContain(
    "CACHE_BAD_SIZE",
  );
});

test("a cache in a place where nothing can be made is one warning of a build's store", async () => {
  const reporter = recordingReporter();
  const folder = join(await tempFiles({ file: "" }), "file/layers");
  expect(await openStore(folder, reporter)).toBeUndefined();
  expect(reporter.takeWarnings()).toHaveLength(1);
});
