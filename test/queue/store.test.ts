import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createPlanReader } from "../../src/queue/plan-reader.ts";
import {
  dropIncoming,
  fetchIncoming,
  keepIncoming,
  keepPlan,
  listIncoming,
  readKeptPlan,
} from "../../src/queue/store.ts";
import { openStorage } from "../../src/repository/storage/open.ts";
import { localStorage } from "../helpers/local-storage.ts";
import { hostWith, startVersitygw } from "../helpers/versitygw.ts";
import { head, plan } from "../helpers/sync-plan.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const KEY = "c".repeat(64);

/** A file that stands for a package, and what a build says of it. */
async function built(text: string) {
  const path = join(await tempFiles({ "x.deb": text }), "x.deb");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const names = { name: "x", version: "1-1", architecture: "all" };
  return { path, sha256, size: text.length, installedSize: 1, package: names };
}

it("a plan is found by its digest, and is the one that was kept", async () => {
  const { storage, folder } = await localStorage();
  const made = plan([head("a")]);
  const id = await keepPlan(storage, made);
  expect(await readKeptPlan(storage, id)).toEqual(made);
  expect(await createPlanReader(storage, "/srv/apt").read(id)).toEqual(made);
  expect((await thrown(() => createPlanReader(storage, "/srv/other").read(id))).code).toBe(
    "QUEUE_OTHER_PLAN",
  );
  expect((await thrown(() => readKeptPlan(storage, "0".repeat(64)))).code).toBe("QUEUE_NO_PLAN");
  await writeFile(join(folder, `incoming/plans/${id}.json`), JSON.stringify({ ...made, tool: "9" }));
  expect((await thrown(() => readKeptPlan(storage, id))).code).toBe("QUEUE_NO_PLAN");
});

async function bucketStorage() {
  const { env } = await startVersitygw();
  return { storage: await openStorage("s3://bucket/builds", hostWith(env)) };
}

it.each([
  ["a folder", localStorage],
  ["a bucket", bucketStorage],
])("of two builds of one job the first stays, and can be fetched whole: %s", async (_, open) => {
  const { storage } = await open();
  const [first, second] = [await built("one"), await built("two")];
  expect(await keepIncoming(storage, KEY, [first])).toBe("created");
  expect(await keepIncoming(storage, KEY, [second])).toBe("exists");
  expect([...(await listIncoming(storage)).keys()]).toEqual([KEY]);
  const fetched = await fetchIncoming(storage, KEY, await tempFiles());
  expect(fetched?.packages.map(({ sha256 }) => sha256)).toEqual([first.sha256]);
  expect(await fetchIncoming(storage, "d".repeat(64), await tempFiles())).toBeUndefined();
});

it("a package or a list that was changed in the store is refused", async () => {
  const { storage, folder } = await localStorage();
  const one = await built("one");
  await keepIncoming(storage, KEY, [one]);
  await writeFile(join(folder, `incoming/${KEY}/${one.sha256}.deb`), "eno");
  expect((await thrown(async () => fetchIncoming(storage, KEY, await tempFiles()))).code).toBe(
    "QUEUE_BAD_PACKAGE",
  );
  await writeFile(
    join(folder, `incoming/${KEY}/job.json`),
    `{"format":1,"key":"${KEY}","packages":[{"sha256":"../x"}]}`,
  );
  expect((await thrown(async () => fetchIncoming(storage, KEY, await tempFiles()))).code).toBe(
    "QUEUE_BAD_PACKAGE",
  );
});

it("what is published goes, with its log, and the rest stays", async () => {
  const { storage } = await localStorage();
  const other = "e".repeat(64);
  for (const key of [KEY, other]) await keepIncoming(storage, key, [await built(key)]);
  await dropIncoming(storage, { done: new Set([KEY]), wanted: new Set() });
  expect([...(await listIncoming(storage)).keys()]).toEqual([other]);
});
