import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readHost, type Host } from "../../src/effects/host.ts";
import { repository } from "./run-folder.ts";
import { tempFiles } from "./temp-files.ts";
import { waitFor } from "./wait-for.ts";

/** An S3-compatible store on loopback with one empty bucket. */
export interface BucketServer {
  readonly bucket: string;
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** What the AWS tools read: keys, region and endpoint. */
  readonly env: Readonly<Record<string, string>>;
}

/** versitygw, whose conditional writes are true, until the test is over. `scripts/setup.sh test` compiles it. */
export async function startVersitygw(): Promise<BucketServer> {
  const folder = await tempFiles();
  await mkdir(join(folder, "bucket"));
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const keys = ["--access", "test-access", "--secret", "test-secret-key"];
  const program = join(repository, ".cache/tools/versitygw");
  const server = spawn(
    program,
    [...keys, "--port", endpoint.slice("http://".length), "--quiet", "posix", folder],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  server.stderr.on("data", (text: Buffer) => (said += text.toString()));
  server.on("error", (error) => (said += error.message));
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  onTestFinished(async () => {
    server.kill("SIGKILL");
    await ended;
  });
  await waitFor(async () => isListening(endpoint), { what: `versitygw (${program}): ${said}` });
  return { bucket: "bucket", endpoint, env: bucketEnvironment(endpoint) };
}

/** Of a store on loopback. */
export function bucketEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: "test-access",
    AWS_SECRET_ACCESS_KEY: "test-secret-key",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: endpoint,
  };
}

/** This machine with the keys of a store. */
export function hostWith(env: Readonly<Record<string, string>>): Host {
  const host = readHost();
  return { ...host, env: { ...host.env, ...env } };
}

async function isListening(endpoint: string): Promise<true | undefined> {
  return await fetch(endpoint).then(
    () => true,
    () => undefined,
  );
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
