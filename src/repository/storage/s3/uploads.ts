import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
} from "@aws-sdk/client-s3";
import type { Bucket } from "./client.ts";
import { statusOf } from "./retry.ts";

/**
 * Removes what uploads in parts left that began before a time and never came to an end: nobody sees it, and it costs
 * money. A store that has no list of them, or does not show it to this user, is left alone.
 */
export async function discardUploads(bucket: Bucket, before: Date): Promise<void> {
  for (const { Key, UploadId } of await listUploads(bucket, before))
    await bucket.ask(`remove an upload of "${Key ?? ""}"`, async () => {
      const upload = { Bucket: bucket.name, Key, UploadId };
      await bucket.client.send(new AbortMultipartUploadCommand(upload)).catch(forgive([404]));
    });
}

type Page = Pick<
  ListMultipartUploadsCommandOutput,
  "Uploads" | "IsTruncated" | "NextKeyMarker" | "NextUploadIdMarker"
>;

async function listUploads(bucket: Bucket, before: Date) {
  const old: NonNullable<Page["Uploads"]> = [];
  let after: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await bucket.ask("list unfinished uploads", async (): Promise<Page> => {
      const input = { Bucket: bucket.name, Prefix: bucket.prefix, ...after };
      return (
        (await bucket.client.send(new ListMultipartUploadsCommand(input)).catch(forgive(UNLISTED))) ?? {}
      );
    });
    old.push(
      ...(page.Uploads ?? []).filter(({ Initiated }) => Initiated !== undefined && Initiated < before),
    );
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return old;
    after = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

const UNLISTED = [403, 404, 405, 501];

function forgive(statuses: readonly number[]) {
  return (error: unknown): undefined => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  };
}
