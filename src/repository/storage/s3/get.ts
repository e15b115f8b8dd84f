import { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { missingObject } from "../missing.ts";
import type { StoredObject } from "../types.ts";
import type { Bucket } from "./client.ts";
import { stated } from "./errors.ts";
import { isMissing } from "./retry.ts";

export async function readObject(bucket: Bucket, path: string): Promise<StoredObject | undefined> {
  return await bucket.ask(`read "${path}"`, async () => {
    const found = await get(bucket, path, {});
    if (found?.Body === undefined) return undefined;
    return {
      bytes: Buffer.from(await found.Body.transformToByteArray()),
      version: stated(found.ETag, "ETag"),
    };
  });
}

/** A connection that drops in the middle is taken up again where it was, of the same object. */
export async function* streamObject(bucket: Bucket, path: string): AsyncGenerator<Uint8Array> {
  const place: { offset: number; etag?: string } = { offset: 0 };
  for (let drops = 0; ; drops++) {
    const found = await bucket.ask(`read "${path}"`, async () => get(bucket, path, rangeFrom(place)));
    if (!(found?.Body instanceof Readable)) throw missingObject(bucket.url, path);
    if (found.ETag !== undefined) place.etag = found.ETag;
    const end = place.offset + (found.ContentLength ?? 0);
    try {
      const pieces: AsyncIterable<Uint8Array> = found.Body;
      for await (const piece of pieces) {
        place.offset += piece.length;
        yield piece;
      }
    } catch (error) {
      if (drops === DROPS) throw bucket.plain(error, `read "${path}"`);
    }
    if (place.offset >= end) return;
  }
}

/** Of one object: a store that drops every connection is not asked for ever. */
const DROPS = 20;

function rangeFrom({ offset, etag }: { offset: number; etag?: string }) {
  if (offset === 0) return {};
  return { Range: `bytes=${offset}-`, ...(etag === undefined ? {} : { IfMatch: etag }) };
}

async function get(bucket: Bucket, path: string, range: { Range?: string; IfMatch?: string }) {
  try {
    return await bucket.client.send(
      new GetObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + path, ...range }),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
