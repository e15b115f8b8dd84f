import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cachedProject, type CachedProject } from "../../helpers/cached-project.ts";
import { testHost } from "../../helpers/environment-build.ts";
import { FAULTS, startSharedServer } from "../../helpers/shared-server.ts";
import { startVersitygw } from "../../helpers/versitygw.ts";

/** A build on a machine of that name. */
async function buildOn(hostName: string, project: CachedProject, env: Readonly<Record<string, string>>) {
  const own = { ...process.env, SOURCE_DATE_EPOCH: "1700000000", ...env };
  return await project.build({ host: testHost({ hostName, cacheDirectory: project.cache, env: own }) });
}

test("a second machine fetches and installs nothing that the first one has made", async () => {
  const { bucket, env } = await startVersitygw();
  const settings = {
    ...env,
    VENVDEB_SHARED_CACHE: `s3://${bucket}/layers`,
    VENVDEB_SHARED_CACHE_KEY: "secret",
  };
  const [one, two] = [await cachedProject(), await cachedProject()];
  const cold = await two.build({ noCache: true, output: join(two.directory, "cold") });
  const first = await buildOn("one", one, settings);
  expect(first.said.steps).toContain("Install 4 distributions");
  // So that they cannot even be read.
  await rm(join(two.directory, "wheels"), { recursive: true });
  const second = await buildOn("two", two, settings);
  expect(second.said.steps).toContain("Install 1 distributions");
  expect([first.sha256, second.sha256]).toEqual([cold.sha256, cold.sha256]);
});

test("whatever a server does, the package is the same", async () => {
  const sound = await startSharedServer();
  const first = await buildOn("one", await cachedProject(), { VENVDEB_SHARED_CACHE: sound.url });
  for (const name of ["gives other bytes", "breaks off in the middle", "says nothing"]) {
    const fault = FAULTS[name];
    const lying = await startSharedServer({ values: sound.values, ...(fault ? { fault } : {}) });
    const second = await buildOn("two", await cachedProject(), { VENVDEB_SHARED_CACHE: lying.url });
    expect(second.sha256, name).toBe(first.sha256);
    expect(second.said.takeWarnings(), name).toHaveLength(1);
  }
});

test("notes that are true over bytes that are not cost one more look, and the package is the same", async () => {
  const sound = await startSharedServer();
  const first = await buildOn("one", await cachedProject(), { VENVDEB_SHARED_CACHE: sound.url });
  for (const [path, value] of sound.values)
    if (path.startsWith("blobs/")) sound.values.set(path, value.subarray(1));
  const second = await buildOn("two", await cachedProject(), { VENVDEB_SHARED_CACHE: sound.url });
  second.said.takeWarnings();
  expect(second.sha256).toBe(first.sha256);
});
