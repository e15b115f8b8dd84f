import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makePrivateFolder } from "../../src/effects/private-folder.ts";
import { openStore, type Store } from "../../src/cache/store.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

async function newStore(): Promise<{ folder: string; store: Store }> {
  const folder = join(await tempFiles(), "cache/layers");
  const store = await openStore(folder, recordingReporter());
  if (!store) throw new Error("no store");
  return { folder, store };
}

const bytes = Buffer.from("a compressed segment");

async function keep(store: Store) {
  const { blob } = await store.keep(async (write) => {
    await write(bytes.subarray(0, 5));
    await write(bytes.subarray(5));
  });
  return blob;
}

/** The one file below a folder of the store. */
function onlyFile(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(files).toHaveLength(1);
  return join(files[0]?.parentPath ?? "", files[0]?.name ?? "");
}

test("bytes come back under their digest, and nothing else is left", async () => {
  const { folder, store } = await newStore();
  const blob = await keep(store);
  expect(blob).toEqual({ sha256: createHash("sha256").update(bytes).digest("hex"), size: bytes.length });
  expect(await store.has(blob)).toBe(true);
  expect(readFileSync((await store.find(blob)) ?? "")).toEqual(bytes);
  expect(onlyFile(folder)).toBe(await store.find(blob));
});

test("the folder is its user's alone, even where it was open to all", async () => {
  const { folder } = await newStore();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  chmodSync(folder, 0o777);
  await openStore(folder, recordingReporter());
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("a folder of somebody else is not used, and that is told", async () => {
  const folder = join(await tempFiles({ "layers/x": "" }), "layers");
  chownSync(folder, 12_345, 12_345);
  const reporter = recordingReporter();
  expect(await openStore(folder, reporter)).toBeUndefined();
  expect(reporter.takeWarnings()[0]?.message).toContain("it is not a folder of this user");
  expect((await thrown(() => makePrivateFolder(folder))).code).toBe("CACHE_FOREIGN");
});

test.each([
  ["truncated", (path: string) => truncateSync(path, 3)],
  ["changed", (path: string) => writeFileSync(path, "A compressed segment")],
  ["empty", (path: string) => writeFileSync(path, "")],
])("%s bytes are dropped", async (_, damage) => {
  const { folder, store } = await newStore();
  const blob = await keep(store);
  damage(onlyFile(folder));
  expect(await store.find(blob)).toBeUndefined();
  await keep(store);
  expect(await store.find(blob)).toBeDefined();
});

test("a note comes back, and a damaged one is none", async () => {
  const { folder, store } = await newStore();
  await store.writeNote("layer", "ab12", { a: [1] });
  expect(await store.readNote("layer", "ab12")).toEqual({ a: [1] });
  expect(await store.readNote("segment", "ab12")).toBeUndefined();
  const path = onlyFile(folder);
  writeFileSync(path, readFileSync(path, "utf8").replace("[1]", "[2]"));
  expect(await store.readNote("layer", "ab12")).toBeUndefined();
  expect(readdirSync(folder, { recursive: true, withFileTypes: true }).some((one) => one.isFile())).toBe(
    false,
  );
});

test("a full disk is one warning, and what was written goes on to be written", async () => {
  const base = await tempFiles({ "small/.keep": "" });
  const small = join(base, "small");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small]);
  try {
    const reporter = recordingReporter();
    const store = await openStore(join(small, "layers"), reporter);
    let written = 0;
    const kept = await store?.keep(async (write) => {
      for (let index = 0; index < 64; index++) {
        await write(Buffer.alloc(4096, 1));
        written += 4096;
      }
      return "done";
    });
    expect(kept?.result).toBe("done");
    expect(written).toBe(64 * 4096);
    expect(await store?.has(kept?.blob ?? { sha256: "", size: 0 })).toBe(false);
    await store?.writeNote("layer", "aa", { text: "x".repeat(200_000) });
    expect(reporter.takeWarnings().map(({ message }) => message)).toEqual([
      expect.stringMatching(/^nothing can be kept for the next build in ".*": ENOSPC/),
    ]);
    expect(readdirSync(join(small, "layers/unfinished"))).toEqual([]);
  } finally {
    execFileSync("umount", [small]);
  }
});
