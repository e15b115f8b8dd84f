import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { admitPackages } from "../../src/repository/admission/admit.ts";
import { admitFromPool, remakeRecord } from "../../src/repository/admission/from-pool.ts";
import type { AdmittedPackage } from "../../src/repository/admission/types.ts";
import { readRecord, recordPath } from "../../src/repository/package-record.ts";
import { placeInPool } from "../../src/repository/pool-file.ts";
import { poolPath } from "../../src/repository/pool-path.ts";
import { localStorage } from "../helpers/local-storage.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";
import { controlText, gzipped, makeVariedDeb } from "../helpers/varied-debs.ts";

const BARE = { jobs: 1, contents: false };
const WHOLE = { jobs: 1, contents: true, details: true };
const CHANGELOG =
  "hello (1.0-1) unstable; urgency=low\n\n  * New.\n\n -- Jane Doe <jane@example.org>  Thu, 01 Jan 2026 00:00:00 +0000";

async function helloDeb(text = "x"): Promise<string> {
  return makeVariedDeb(await tempFiles(), "hello", {
    control: controlText("hello"),
    files: {
      "opt/hello/a": text,
      "usr/share/doc/hello/changelog.Debian.gz": gzipped(`${CHANGELOG}\n`),
      "usr/share/doc/hello/sbom.cdx.json": '{"bomFormat":"CycloneDX"}',
    },
  });
}

async function admitted(file: string, options = BARE): Promise<AdmittedPackage> {
  const [one] = await admitPackages([file], options);
  if (one === undefined) throw new Error("nothing was admitted");
  return one;
}

describe("placeInPool", () => {
  test("places a file once, and finds it there again", async () => {
    const { storage, folder } = await localStorage();
    const file = await helloDeb();
    const one = await admitted(file, WHOLE);
    const path = poolPath("main", one);
    expect(await placeInPool(storage, path, one)).toBe("placed");
    expect(readFileSync(join(folder, path))).toEqual(readFileSync(file));
    expect(await placeInPool(storage, path, one)).toBe("there");
    const record = await readRecord(storage, one.sha256);
    expect(record).toMatchObject({
      name: "hello",
      version: "1.0-1",
      path,
      size: one.size,
      changelog: CHANGELOG,
    });
    expect(record?.files).toContain("opt/hello/a");
    expect((await storage.read(record?.sbom ?? ""))?.bytes.toString()).toBe('{"bomFormat":"CycloneDX"}');
  });

  test("other bytes under the same name and version are refused, with both hashes", async () => {
    const { storage, folder } = await localStorage();
    const [one, other] = [await admitted(await helloDeb()), await admitted(await helloDeb("y"))];
    const path = poolPath("main", one);
    await placeInPool(storage, path, one);
    const before = readFileSync(join(folder, path));
    const error = await thrown(() => placeInPool(storage, path, other));
    expect(error.code).toBe("REPO_VERSION_CONFLICT");
    expect(error.message).toContain(one.sha256);
    expect(error.message).toContain(other.sha256);
    expect(readFileSync(join(folder, path))).toEqual(before);
    expect(await storage.stat(recordPath(other.sha256))).toBeUndefined();
  });

  test("many at once place it once", async () => {
    const { storage } = await localStorage();
    const one = await admitted(await helloDeb());
    const path = poolPath("main", one);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => placeInPool(storage, path, one)));
    expect(outcomes.filter((outcome) => outcome === "placed")).toHaveLength(1);
    expect(await readRecord(storage, one.sha256)).toMatchObject({ path });
  });

  test("a record that was lost or damaged, or lacks what is known now, is made again", async () => {
    const { storage, folder } = await localStorage();
    const file = await helloDeb();
    const bare = await admitted(file);
    const path = poolPath("main", bare);
    await placeInPool(storage, path, bare);
    expect((await readRecord(storage, bare.sha256))?.files).toBeUndefined();
    await placeInPool(storage, path, await admitted(file, WHOLE));
    const rich = await readRecord(storage, bare.sha256);
    expect(rich?.files).toContain("opt/hello/a");
    writeFileSync(join(folder, recordPath(bare.sha256)), "{");
    expect(await readRecord(storage, bare.sha256)).toBeUndefined();
    await placeInPool(storage, path, await admitted(file, WHOLE));
    expect((await readRecord(storage, bare.sha256))?.files).toEqual(rich?.files);
    await storage.remove(recordPath(bare.sha256));
    const { record } = await remakeRecord(storage, path, WHOLE);
    expect(record).toEqual({ ...rich, added: record.added });
    expect(await readRecord(storage, bare.sha256)).toEqual(record);
  });

  test("what the record knows is not read again", async () => {
    const { storage } = await localStorage();
    const file = await helloDeb();
    const first = await admitted(file, WHOLE);
    await placeInPool(storage, poolPath("main", first), first);
    const asked: string[] = [];
    const known = async (sha256: string) => {
      asked.push(sha256);
      return readRecord(storage, sha256);
    };
    const [again] = await admitPackages([file], { ...WHOLE, known });
    expect(asked).toEqual([first.sha256]);
    const { sbom, ...kept } = first.details;
    expect(sbom).not.toBe("");
    expect(again?.details).toEqual(kept);
  });

  test("packages in the pool can be read like those outside", async () => {
    const { storage } = await localStorage();
    const one = await admitted(await helloDeb(), WHOLE);
    const path = poolPath("main", one);
    await placeInPool(storage, path, one);
    const read: AdmittedPackage[] = [];
    for await (const batch of admitFromPool(storage, [path], WHOLE)) read.push(...batch);
    expect(read).toEqual([{ ...one, file: path }]);
    expect((await thrown(() => remakeRecord(storage, "pool/none.deb", BARE))).code).toBe(
      "REPO_OBJECT_MISSING",
    );
  });
});
