import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSharedPlace } from "../../../src/cache/shared/open.ts";
import { Patience } from "../../../src/cache/shared/patience.ts";
import { createNoteSeal } from "../../../src/cache/shared/sealed-note.ts";
import { withShared } from "../../../src/cache/shared/store.ts";
import { openStore, type BlobReference } from "../../../src/cache/store.ts";
import { readHost } from "../../../src/effects/host.ts";
import { recordingReporter } from "../../helpers/recording-reporter.ts";
import { FAULTS, startSharedServer } from "../../helpers/shared-server.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { freePort, startVersitygw } from "../../helpers/versitygw.ts";

interface Wanted {
  readonly secret?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For each request: more than a busy machine needs, where the test does not wait for the end of it. */
  readonly seconds?: number;
}

/** A machine with an empty store of its own before a shared place. */
async function machine(url: string, { secret, env = {}, seconds = 30 }: Wanted = {}) {
  const folder = join(await tempFiles(), "layers");
  const said = recordingReporter();
  const local = await openStore(folder, said);
  if (!local) throw new Error("no store");
  const place = await openSharedPlace(url, { ...readHost(), env: { ...process.env, ...env } });
  const limits = { seconds, bytesPerSecond: 1_000_000, failures: 3 };
  const patience = new Patience(place.url, said, limits);
  const shared = withShared(local, { place, patience, seal: createNoteSeal(secret), limit: 1_000_000 });
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return { ...shared, local, said, files };
}

type Machine = Awaited<ReturnType<typeof machine>>;

const bytes = Buffer.from("a compressed segment".repeat(500));
const KEY = "ab".repeat(32);

/** Makes a blob and a note of it. */
async function make({ store, finish }: Machine): Promise<BlobReference> {
  const { blob } = await store.keep(async (write) => await write(bytes));
  await store.writeNote("segment", KEY, blob);
  await store.writeNote("build", KEY, { path: "/home/me" });
  await finish();
  return blob;
}

const PLACES: Record<string, () => Promise<{ url: string; env?: Readonly<Record<string, string>> }>> = {
  "a folder": async () => ({ url: await tempFiles() }),
  "a web server": async () => await startSharedServer(),
  "a bucket": async () => {
    const { bucket, env } = await startVersitygw();
    return { url: `s3://${bucket}/some/where/`, env };
  },
};

test.each(Object.keys(PLACES))("what one machine makes another one finds in %s", async (name) => {
  const { url, env = {} } = (await PLACES[name]?.()) ?? { url: "" };
  const blob = await make(await machine(url, { env, secret: "s" }));
  const other = await machine(url, { env, secret: "s" });
  expect(await other.store.readNote("layer", KEY)).toBeUndefined();
  expect(await other.store.readNote("build", KEY)).toBeUndefined();
  expect(await other.store.readNote("segment", KEY)).toEqual(blob);
  expect(await other.store.has(blob)).toBe(true);
  expect(readFileSync((await other.local.find(blob)) ?? "")).toEqual(bytes);
  // The same again: nothing is replaced, nothing fails.
  await make(other);
  expect(other.said.infos).toEqual([]);
});

describe("a server that", () => {
  test.each(Object.keys(FAULTS))("%s gives nothing, and is asked no more", async (name) => {
    const sound = await startSharedServer();
    const blob = await make(await machine(sound.url));
    const fault = FAULTS[name];
    const lying = await startSharedServer({ values: sound.values, ...(fault ? { fault } : {}) });
    const { store, files, said, finish } = await machine(lying.url, { seconds: 1 });
    for (let round = 0; round < 3; round++) {
      expect(await store.readNote("segment", KEY)).toBeUndefined();
      expect([await store.has(blob), await store.find(blob)]).toEqual([false, undefined]);
    }
    await finish();
    expect(files()).toEqual([]);
    expect(said.takeWarnings()).toHaveLength(1);
    expect(lying.requests.length).toBeLessThanOrEqual(3);
  });

  test("is dead is left alone after one warning", async () => {
    const dead = await machine(`http://me:secret@127.0.0.1:${await freePort()}/`);
    await make(dead);
    for (const key of ["1", "2", "3", "4"])
      expect(await dead.store.readNote("layer", key.repeat(64))).toBeUndefined();
    const warnings = dead.said.takeWarnings();
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).not.toContain("secret");
  });

  test("fails once is said once, without a warning", async () => {
    const server = await startSharedServer();
    const blob = await make(await machine(server.url));
    for (const path of server.values.keys()) server.values.set(path, Buffer.from("x"));
    const { store, said, finish } = await machine(server.url);
    expect(await store.has(blob)).toBe(false);
    await finish();
    expect(said.infos).toEqual([expect.stringMatching(/failed at times.*other bytes/)]);
  });

  test.each([401, 403, 405])("refuses writes with %d is read all the same", async (put) => {
    const sound = await startSharedServer();
    const blob = await make(await machine(sound.url));
    const server = await startSharedServer({ values: sound.values, put });
    const reader = await machine(server.url);
    expect(await reader.store.find(blob)).toBeDefined();
    await reader.store.writeNote("layer", "cd".repeat(32), {});
    await reader.finish();
    expect(reader.said.infos).toEqual([]);
  });
});

describe("a note", () => {
  test.each([
    ["of who has no key", undefined, "s"],
    ["of who has another key", "t", "s"],
    ["that has a key, where none is known", "s", undefined],
  ])("%s is not seen", async (_, theirs, ours) => {
    const { url } = await startSharedServer();
    await make(await machine(url, theirs === undefined ? {} : { secret: theirs }));
    const mine = await machine(url, ours === undefined ? {} : { secret: ours });
    expect(await mine.store.readNote("segment", KEY)).toBeUndefined();
  });

  test("that stands where another one should is refused", async () => {
    const { url, values } = await startSharedServer();
    await make(await machine(url));
    const seal = createNoteSeal(undefined);
    const other = "cd".repeat(32);
    const note = values.get(seal.pathOf("segment", KEY));
    if (note) values.set(seal.pathOf("segment", other), note);
    const { store, said, finish } = await machine(url);
    expect(await store.readNote("segment", other)).toBeUndefined();
    await finish();
    expect(said.infos).toEqual([expect.stringContaining("sealed with another key")]);
  });

  test("that names no digest, or more than a store may have, asks for nothing", async () => {
    const { url, requests } = await startSharedServer();
    const { store } = await machine(url);
    for (const blob of [
      { sha256: "../../../etc/passwd", size: 1 },
      { sha256: KEY, size: 1e12 },
      { sha256: KEY, size: -1 },
    ])
      expect(await store.has(blob)).toBe(false);
    expect(requests).toEqual([]);
  });
});

test.each([
  ["the URL", (url: string) => url.replace("//", "//me:p%40ss@"), ""],
  ["a netrc file", (url: string) => url, "machine 127.0.0.1 login me password p@ss\n"],
  ["its default", (url: string) => url, "# mine\nmachine other login x\ndefault login me password p@ss\n"],
])("a web server gets the user and the password of %s", async (_, urlOf, netrc) => {
  const server = await startSharedServer();
  const folder = await tempFiles();
  writeFileSync(join(folder, "netrc"), netrc);
  const { store } = await machine(urlOf(server.url), { env: { NETRC: join(folder, "netrc") } });
  await store.readNote("layer", KEY);
  expect([...server.authorizations]).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
});

test.each([
  "cache",
  "ftp://host/",
  "file://host/folder",
  "s3://",
  "http://",
  "https://host/?a=b",
  "https://me:%zz@host/",
])("%j is no place (CACHE_BAD_SHARED)", async (url) => {
  const error = await thrown(async () => openSharedPlace(url, readHost()));
  expect(error).toMatchObject({ code: "CACHE_BAD_SHARED", exitCode: 2 });
  expect(String(error)).not.toContain("%zz");
});
