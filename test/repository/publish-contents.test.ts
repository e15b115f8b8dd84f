import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { writeRecord } from "../../src/repository/package-record.ts";
import { publishSuite, republishSuite } from "../../src/repository/publish.ts";
import { readHead } from "../../src/repository/heads.ts";
import type { IndexedPackage } from "../../src/repository/types.ts";
import { readByHash, readByName } from "../helpers/client-view.ts";
import { indexedPackage } from "../helpers/indexed-packages.ts";
import { edit, emptyRepository, fillPool, type RepositoryFixture } from "../helpers/repository-fixture.ts";

const A1 = indexedPackage("a", "1");
const A2 = indexedPackage("a", "2");
const B = indexedPackage("b", "1");

test("Contents follows the packages of its index", async () => {
  const fixture = await emptyRepository({ contents: true });
  await record(fixture, A1, ["usr/bin/a", "usr/share/shared"]);
  await record(fixture, A2, ["usr/bin/a", "usr/bin/a2"]);
  await record(fixture, B, ["usr/share/shared"]);
  await change(fixture, [A1, B]);
  const { storage, settings } = fixture.repository;
  const first = await readHead(storage, settings, fixture.suite);
  expect(contentsOf(fixture)).toEqual([
    ["usr/bin/a", "a"],
    ["usr/share/shared", "a,b"],
  ]);
  await change(fixture, [A2], [A1]);
  const edited = contentsOf(fixture);
  expect(edited).toEqual([
    ["usr/bin/a", "a"],
    ["usr/bin/a2", "a"],
    ["usr/share/shared", "b"],
  ]);
  expect(readByHash(fixture.folder)).toEqual(["a 2", "b 1"]);
  expect(readByName(fixture.folder)).toEqual(["a 2", "b 1"]);
  await republishSuite(fixture.repository, fixture.suite, async () => first?.release.entries ?? [], fixture);
  expect(contentsOf(fixture)).toHaveLength(2);
  expect(await change(fixture, [])).toMatchObject({ outcome: "unchanged" });
});

async function record(
  { repository }: RepositoryFixture,
  one: IndexedPackage,
  files: string[],
): Promise<void> {
  const { name, version, architecture, size, sha256, filename } = one;
  const admitted = { file: filename, name, version, architecture, source: name, size, sha256 };
  const details = { changelog: "", sbom: "", files };
  const placed = { path: filename, added: new Date() };
  await writeRecord(repository.storage, { ...admitted, control: new Map(), details }, placed);
}

async function change(fixture: RepositoryFixture, add: IndexedPackage[], remove: IndexedPackage[] = []) {
  fillPool(fixture.folder, add);
  return await publishSuite(fixture.repository, fixture.suite, async () => [edit(add, remove)], fixture);
}

function contentsOf({ folder }: RepositoryFixture): string[][] {
  const text = gunzipSync(readFileSync(join(folder, "dists/stable/main/Contents-amd64.gz"))).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(/\s+/));
}
