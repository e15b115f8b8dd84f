import { randomBytes } from "node:crypto";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStorage } from "../../../src/repository/storage/open.ts";
import { bucketError } from "../../../src/repository/storage/s3/errors.ts";
import type { Storage } from "../../../src/repository/storage/types.ts";
import { atNth, startFaultProxy, type Fault, type ProxiedRequest } from "../../helpers/fault-proxy.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { freePort, hostWith, startVersitygw } from "../../helpers/versitygw.ts";

type Decide = (request: ProxiedRequest) => Fault | undefined;

/** A bucket whose store fails now and then. */
async function faulty(decide: Decide, count = 1) {
  const { bucket, env, endpoint } = await startVersitygw();
  const proxy = await startFaultProxy(endpoint, decide);
  const open = async () =>
    openStorage(`s3://${bucket}/apt`, hostWith({ ...env, AWS_ENDPOINT_URL: proxy.endpoint }));
  const [storage, ...others] = await Promise.all(Array.from({ length: count }, open));
  if (storage === undefined) throw new Error("no storage");
  return {
    storage,
    all: [storage, ...others],
    proxy,
    direct: await openStorage(`s3://${bucket}/apt`, hostWith(env)),
  };
}

const text = (content: string) => Buffer.from(content);

async function textOf(storage: Storage, path: string): Promise<string | undefined> {
  return (await storage.read(path))?.bytes.toString();
}

const FAULTS: readonly Fault[] = [
  { answer: 409, when: "before" },
  { answer: 500, when: "before" },
  { answer: 503, when: "before" },
  { answer: "drop", when: "before" },
  { answer: 500, when: "after" },
  { answer: 503, when: "after" },
  { answer: "drop", when: "after" },
  { answer: "drop", when: "amid" },
];

describe.each(FAULTS)("a store that answers $answer $when a request", (fault) => {
  it("creates and replaces as if nothing had been, and knows its own writes", async () => {
    const { storage, proxy, direct } = await faulty((request) =>
      request.number % 2 === 1 && request.method === "PUT" ? fault : undefined,
    );
    expect(await storage.create("a", text("one"))).toBe("created");
    expect(await storage.create("a", text("one"))).toBe("exists");
    const first = await storage.replace("head", text("1"), undefined);
    if (first === "conflict") throw new Error("it took its own write for another's");
    expect((await direct.read("head"))?.version).toBe(first.version);
    const second = await storage.replace("head", text("2"), first.version);
    if (second === "conflict") throw new Error("it took its own write for another's");
    expect(await direct.read("head")).toEqual({ bytes: text("2"), version: second.version });
    expect(await storage.replace("head", text("3"), first.version)).toBe("conflict");
    expect(proxy.requests.filter((request) => request.fault).length).toBeGreaterThanOrEqual(3);
  });

  it("reads, lists, copies and removes", async () => {
    const { storage, direct } = await faulty(({ number }) => (number % 2 === 1 ? fault : undefined));
    await direct.write("a", text("0123456789"));
    expect(await textOf(storage, "a")).toBe("0123456789");
    const pieces: Uint8Array[] = [];
    for await (const piece of storage.stream("a")) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("0123456789");
    expect((await storage.stat("a"))?.size).toBe(10);
    await storage.copy("a", "b");
    const paths: string[] = [];
    for await (const { path } of storage.list("")) paths.push(path);
    expect(paths).toEqual(["a", "b"]);
    await storage.remove("a");
    expect(await direct.read("a")).toBeUndefined();
  });
});

it("tells a write whose answer was lost from another's of the same bytes", async () => {
  const { storage, direct } = await faulty(atNth(1, "PUT", /head/, { answer: "drop", when: "before" }));
  const [outcome] = await Promise.all([
    storage.replace("head", text("same"), undefined),
    direct.replace("head", text("same"), undefined),
  ]);
  expect(outcome).toBe("conflict");
});

it("gives up a store that never recovers, and says what it said", async () => {
  const { storage, proxy } = await faulty(() => ({ answer: 503, when: "before" }));
  const error = await thrown(async () => storage.read("a"));
  expect(error.code).toBe("S3_FAILED");
  expect(error.message).toMatch(/read "a" in the bucket "bucket".*503 \(SlowDown/);
  expect(proxy.requests.length).toBeLessThan(20);
});

describe("a big file", () => {
  const size = 20_000_000;

  it("is uploaded in parts, once, and each part again when it fails", async () => {
    const bytes = randomBytes(size);
    const file = join(await tempFiles({ "big.deb": bytes }), "big.deb");
    const { storage, direct, proxy } = await faulty(
      atNth(2, "PUT", /partNumber=/, { answer: "drop", when: "after" }),
    );
    expect(await storage.create("pool/big.deb", { file })).toBe("created");
    expect((await direct.read("pool/big.deb"))?.bytes.equals(bytes)).toBe(true);
    const sent = proxy.requests.filter(({ url }) => url.includes("partNumber=")).length;
    expect(sent).toBe(4);
    expect(await storage.create("pool/big.deb", { file })).toBe("exists");
    expect(proxy.requests.filter(({ url }) => url.includes("partNumber=")).length).toBe(sent);
  });

  it("is known as our own when the answer to its end was lost", async () => {
    const file = join(await tempFiles({ "big.deb": randomBytes(size) }), "big.deb");
    const lost = atNth(1, "POST", /uploadId=/, { answer: "drop", when: "after" });
    const { storage } = await faulty(lost);
    expect(await storage.create("pool/big.deb", { file })).toBe("created");
  });

  it("is created once by four at the same time", async () => {
    const file = join(await tempFiles({ "big.deb": randomBytes(size / 2) }), "big.deb");
    const { all } = await faulty(() => undefined, 4);
    const outcomes = await Promise.all(all.map(async (storage) => storage.create("pool/big.deb", { file })));
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
  });
});

it("loses no entry of 6 publishers when the store fails at random", async () => {
  const random = seededRandom(7);
  const { all, storage } = await faulty(
    () => (random() < 0.3 ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined),
    6,
  );
  await Promise.all(
    all.map(async (publisher, index) => {
      for (const entry of [`${index}a`, `${index}b`]) await addEntry(publisher, entry);
    }),
  );
  expect(new Set((await textOf(storage, "head"))?.trim().split("\n"))).toHaveLength(12);
});

/** Park and Miller's generator. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** As a publisher does it: what is in the head already is not added again. */
async function addEntry(storage: Storage, entry: string): Promise<void> {
  for (;;) {
    const head = await storage.read("head");
    const entries = head?.bytes.toString() ?? "";
    if (entries.split("\n").includes(entry)) return;
    if ((await storage.replace("head", text(`${entries}${entry}\n`), head?.version)) !== "conflict") return;
  }
}

const IMMUTABLE = "public, max-age=31536000, immutable";

it.each([
  ["pool/main/h/hello/hello_1.0_amd64.deb", IMMUTABLE, "application/vnd.debian.binary-package"],
  ["hello_1.0_amd64.deb", IMMUTABLE, "application/vnd.debian.binary-package"],
  ["dists/stable/main/binary-amd64/by-hash/SHA256/0123", IMMUTABLE, "application/octet-stream"],
  ["by-hash/SHA256/0123", IMMUTABLE, "application/octet-stream"],
  ["venvdeb/history/stable/20261123T120000Z-0123.InRelease", IMMUTABLE, "application/octet-stream"],
  ["dists/stable/InRelease", "no-cache", "text/plain; charset=utf-8"],
  ["dists/stable/Release", "no-cache", "text/plain; charset=utf-8"],
  ["dists/stable/Release.gpg", "no-cache", "application/pgp-signature"],
  ["dists/stable/main/binary-amd64/Packages", "no-cache", "text/plain; charset=utf-8"],
  ["dists/stable/main/binary-amd64/Packages.gz", "no-cache", "application/gzip"],
  ["dists/stable/main/binary-amd64/Packages.xz", "no-cache", "application/x-xz"],
  ["index.html", "no-cache", "text/html; charset=utf-8"],
  ["venvdeb/repository.json", "no-cache", "application/json"],
])("%s is cached as %s", async (path, cacheControl, contentType) => {
  const { storage, proxy } = await faulty(() => undefined);
  await storage.write(path, text("x"));
  await storage.create("venvdeb/index/other.json", text("x"));
  const headers = async () => {
    const signed = await headOf(proxy.endpoint, `/bucket/apt/${path}`);
    return [signed.get("cache-control"), signed.get("content-type"), signed.get("content-encoding")];
  };
  expect(await headers()).toEqual([cacheControl, contentType, null]);
  await storage.copy("venvdeb/index/other.json", path);
  expect(await headers()).toEqual([cacheControl, contentType, null]);
});

/** What a client gets told, asked with a signature that the AWS SDK makes. */
async function headOf(endpoint: string, path: string): Promise<Headers> {
  const { S3Client, HeadObjectCommand } = await import("@aws-sdk/client-s3");
  const credentials = { accessKeyId: "test-access", secretAccessKey: "test-secret-key" };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials });
  const [, Bucket = "", ...key] = path.split("/");
  const found = await client.send(new HeadObjectCommand({ Bucket, Key: key.join("/") }));
  client.destroy();
  const headers = new Headers();
  if (found.CacheControl !== undefined) headers.set("cache-control", found.CacheControl);
  if (found.ContentType !== undefined) headers.set("content-type", found.ContentType);
  if (found.ContentEncoding) headers.set("content-encoding", found.ContentEncoding);
  return headers;
}

it("says that a file was changed while it was uploaded", async () => {
  const file = join(await tempFiles({ "big.deb": Buffer.alloc(80_000_000) }), "big.deb");
  const { storage, direct } = await faulty(({ url }) => {
    if (url.includes("partNumber=")) truncateSync(file, 1000);
    return undefined;
  });
  const error = await thrown(async () => storage.create("pool/big.deb", { file }));
  expect(error.code).toBe("REPO_FILE_CHANGED");
  expect(await direct.read("pool/big.deb")).toBeUndefined();
});

it.each([
  ["S3_NO_CREDENTIALS", { name: "CredentialsProviderError", message: "none" }, /no credentials/],
  [
    "S3_WRONG_REGION",
    { name: "PermanentRedirect", message: "m", $metadata: { httpStatusCode: 301 } },
    /region "eu"/,
  ],
  ["S3_WRONG_REGION", { name: "Error", message: "Region is missing" }, /no region/],
  ["S3_NO_ACCESS", { name: "AccessDenied", message: "m", $metadata: { httpStatusCode: 403 } }, /refuses/],
])("%s for what the SDK throws", (code, fields, says) => {
  const facts = { bucket: "b", endpoint: undefined, region: "eu", secrets: ["hidden"] };
  const error = bucketError(Object.assign(new Error(`${fields.message} hidden`), fields), "read", facts);
  expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
  expect(JSON.stringify(error) + String(error)).not.toContain("hidden");
});

describe("what is wrong with a bucket is said plainly, without credentials", () => {
  it.each([
    ["S3_NO_BUCKET", "s3://nobody-made-it/x", {}, /there is no such bucket/],
    ["S3_NO_ACCESS", "s3://bucket", { AWS_ACCESS_KEY_ID: "somebody-else" }, /refuses/],
    ["S3_NO_ACCESS", "s3://bucket", { AWS_SECRET_ACCESS_KEY: "quite-wrong" }, /refuses/],
    ["S3_UNREACHABLE", "s3://bucket", { AWS_ENDPOINT_URL: "CLOSED" }, /no S3 store answers/],
    ["S3_UNREACHABLE", "s3://bucket", { AWS_ENDPOINT_URL: "PAGE" }, /no S3 store answers/],
  ])("%s: %s", async (code, url, changed: Record<string, string>, says) => {
    const { env } = await startVersitygw();
    const given = { ...env, ...changed };
    if (given["AWS_ENDPOINT_URL"] === "CLOSED")
      given["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${await freePort()}`;
    if (given["AWS_ENDPOINT_URL"] === "PAGE") given["AWS_ENDPOINT_URL"] = await startPage();
    const storage = await openStorage(url, hostWith(given));
    for (const run of [
      async () => storage.read("a"),
      async () => storage.create("a", text("x")),
      async () => {
        for await (const object of storage.list("")) expect(object).toBeDefined();
      },
    ]) {
      const error = await thrown(run);
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(says)]);
      const all = [error.message, error.hint, String(error.cause)].join(" ");
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
        expect(all).not.toContain(given[name]);
    }
  });
});

async function startPage(): Promise<string> {
  const { createServer } = await import("node:http");
  const { onTestFinished } = await import("vitest");
  const server = createServer((_request, response) => response.end("<html><body>Welcome!</body></html>"));
  const port = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

it.each([
  "s3://",
  "s3://A/b?c",
  "s3://user:secret@bucket/x",
  "s3://bucket/a?region=b",
  "gs://bucket/x",
  "file://host/x",
  "",
])("refuses the place %j", async (url) => {
  const error = await thrown(async () => openStorage(url, hostWith({})));
  expect([error.code, error.exitCode]).toEqual(["REPO_BAD_URL", 2]);
  expect(error.message).not.toContain("secret");
});
