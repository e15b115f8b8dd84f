import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3";
import type { Host } from "../../../effects/host.ts";
import { missingObject } from "../missing.ts";
import { validatePath, validatePrefix } from "../paths.ts";
import type { Content, ListedObject, ObjectFacts, Storage } from "../types.ts";
import { openClient, type Bucket } from "./client.ts";
import { stated } from "./errors.ts";
import { readObject, streamObject } from "./get.ts";
import { headersOf } from "./headers.ts";
import { putObject } from "./put.ts";
import { isMissing, nameOf } from "./retry.ts";
import { discardUploads } from "./uploads.ts";

/** A repository in a bucket. Only `replace` keeps publishers apart: whether the store honours it, `probe.ts` tells. */
export function openBucket(name: string, prefix: string, host: Host): Storage {
  const bucket = openClient(name, prefix, host.env);
  return {
    url: bucket.url,
    kind: "s3",
    read: async (path) => readObject(bucket, valid(path)),
    stream: (path) => streamObject(bucket, valid(path)),
    stat: async (path) => statObject(bucket, valid(path)),
    list: (start) => {
      validatePrefix(start);
      return listObjects(bucket, start);
    },
    create: async (path, content) => createObject(bucket, valid(path), content),
    replace: async (path, content, expected) => {
      const condition = expected === undefined ? ({ IfNoneMatch: "*" } as const) : { IfMatch: expected };
      return await putObject(bucket, valid(path), content, condition);
    },
    write: async (path, content) => {
      await putObject(bucket, valid(path), content, {});
    },
    copy: async (source, target) => copyObject(bucket, valid(source), valid(target)),
    remove: async (path) => {
      const Key = bucket.prefix + valid(path);
      await bucket.ask(`remove "${path}"`, async () =>
        bucket.client.send(new DeleteObjectCommand({ Bucket: name, Key })),
      );
    },
    discardUploads: async (before) => discardUploads(bucket, before),
    now: async () => timeOf(bucket),
    exclusively: async (run) => run(),
  };
}

function valid(path: string): string {
  validatePath(path);
  return path;
}

async function statObject(bucket: Bucket, path: string): Promise<ObjectFacts | undefined> {
  return await bucket.ask(`look at "${path}"`, async () => {
    try {
      const found = await bucket.client.send(
        new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + path }),
      );
      return { size: found.ContentLength ?? 0, modified: found.LastModified ?? new Date(0) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

/** Above it, whether an object is there is asked before its bytes are sent. */
const SMALL = 64 * 1024;

async function createObject(bucket: Bucket, path: string, content: Content): Promise<"created" | "exists"> {
  const isSmall = !("file" in content) && content.length <= SMALL;
  if (!isSmall && (await statObject(bucket, path)) !== undefined) return "exists";
  const outcome = await putObject(bucket, path, content, { IfNoneMatch: "*" });
  return outcome === "conflict" ? "exists" : "created";
}

async function copyObject(bucket: Bucket, source: string, target: string): Promise<void> {
  const from = [bucket.name, ...`${bucket.prefix}${source}`.split("/")].map(encodeURIComponent).join("/");
  await bucket.ask(`copy "${source}"`, async () => {
    try {
      await bucket.client.send(
        new CopyObjectCommand({
          Bucket: bucket.name,
          Key: bucket.prefix + target,
          CopySource: from,
          MetadataDirective: "REPLACE",
          ...headersOf(target),
        }),
      );
    } catch (error) {
      if (nameOf(error) === "NoSuchKey") throw missingObject(bucket.url, source);
      throw error;
    }
  });
}

async function* listObjects(bucket: Bucket, start: string): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const input = { Bucket: bucket.name, Prefix: bucket.prefix + start, ContinuationToken: token };
    const page = await bucket.ask(`list "${start}"`, async () => {
      const answer = await bucket.client.send(new ListObjectsV2Command(input));
      stated(answer.Name, "name of the bucket");
      return answer;
    });
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      // Some consoles make an empty object for each folder.
      if (Key === undefined || Key.endsWith("/")) continue;
      yield { path: Key.slice(bucket.prefix.length), size: Size ?? 0, modified: LastModified ?? new Date(0) };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** From the `Date` of an answer, whose grain is a second. */
async function timeOf(bucket: Bucket): Promise<Date> {
  return await bucket.ask("ask for the time", async () => {
    const command = new HeadBucketCommand({ Bucket: bucket.name });
    let date = "";
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        date = dateHeader(result.response);
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    await bucket.client.send(command);
    const time = new Date(date);
    return Number.isNaN(time.getTime()) ? new Date() : time;
  });
}

function dateHeader(response: unknown): string {
  if (typeof response !== "object" || response === null || !("headers" in response)) return "";
  const headers = new Map(Object.entries(response.headers ?? {}));
  return String(headers.get("date") ?? "");
}
