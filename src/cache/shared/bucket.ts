import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createReadStream } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import { openClient, type Bucket } from "../../repository/storage/s3/client.ts";
import { isMissing, statusOf } from "../../repository/storage/s3/retry.ts";
import type { SharedContent, SharedPlace } from "./types.ts";

/**
 * A bucket; credentials, region and endpoint are what the AWS tools read. Nothing is tried again here: a value that a
 * build does not get is one that it makes.
 * @param prefix empty, or with a slash at its end
 */
export function openSharedBucket(name: string, prefix: string, host: Host): SharedPlace {
  const bucket = openClient(name, prefix, host.env);
  return {
    url: bucket.url,
    read: async (path, signal) => await plainly(bucket, "read", async () => get(bucket, path, signal)),
    create: async (path, content, signal) =>
      await plainly(bucket, "write", async () => create(bucket, path, content, signal)),
    close: () => bucket.client.destroy(),
  };
}

async function plainly<T>(bucket: Bucket, doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw bucket.plain(error, doing);
  }
}

function target({ name, prefix }: Bucket, path: string) {
  return { Bucket: name, Key: prefix + path };
}

async function get(bucket: Bucket, path: string, abortSignal: AbortSignal): Promise<Readable | undefined> {
  const command = new GetObjectCommand(target(bucket, path));
  const found = await unlessMissing(async () => bucket.client.send(command, { abortSignal }));
  return found?.Body instanceof Readable ? found.Body : undefined;
}

/** Bytes that are there already are not sent. */
async function create(
  bucket: Bucket,
  path: string,
  content: SharedContent,
  abortSignal: AbortSignal,
): Promise<"done" | "refused"> {
  const head = new HeadObjectCommand(target(bucket, path));
  if (await unlessMissing(async () => bucket.client.send(head, { abortSignal }))) return "done";
  const body =
    "file" in content
      ? { Body: createReadStream(content.file), ContentLength: content.size }
      : { Body: content, ContentLength: content.length };
  try {
    const put = new PutObjectCommand({ ...target(bucket, path), ...body, IfNoneMatch: "*" });
    await bucket.client.send(put, { abortSignal });
    return "done";
  } catch (error) {
    if (ANOTHER_WAS_FIRST.has(statusOf(error))) return "done";
    if (statusOf(error) === 403) return "refused";
    throw error;
  }
}

const ANOTHER_WAS_FIRST = new Set<number | undefined>([409, 412]);

async function unlessMissing<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
