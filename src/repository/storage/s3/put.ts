import { randomUUID } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { open, type FileHandle } from "../../../effects/fs.ts";
import { VenvdebError } from "../../../errors.ts";
import { fileChanged, refuseOtherBytes } from "../changed.ts";
import type { Content } from "../types.ts";
import type { Bucket } from "./client.ts";
import { stated } from "./errors.ts";
import { headersOf } from "./headers.ts";
import { nameOf, statusOf } from "./retry.ts";

/** What must hold for a write to happen; nothing: it always happens. */
export interface Condition {
  readonly IfNoneMatch?: "*";
  readonly IfMatch?: string;
}

/** `version`: the ETag. */
export type PutOutcome = { readonly version: string } | "conflict";

/**
 * Writes an object if the condition holds. A write whose answer was lost is tried again, and its own
 * first try then fails the condition: each write leaves a mark of its own in the object's metadata, by which it knows itself.
 * `conflict` may also be told of a write that was carried out and then replaced by another's.
 */
export async function putObject(
  bucket: Bucket,
  path: string,
  content: Content,
  condition: Condition,
): Promise<PutOutcome> {
  const write: Write = { bucket, path, condition, mark: randomUUID() };
  if (!("file" in content)) return await putBytes(write, content);
  const file = await openFile(content.file);
  try {
    const { size } = await file.stat();
    if (size > PART_SIZE) return await putParts(write, file, content, size);
    const bytes = await readPart(file, content.file, 0, size);
    if (content.sha256 !== undefined) await refuseOtherBytes(content.file, content.sha256, [bytes]);
    return await putBytes(write, bytes);
  } finally {
    await file.close();
  }
}

interface Write {
  readonly bucket: Bucket;
  readonly path: string;
  readonly condition: Condition;
  readonly mark: string;
}

const MIB = 1024 * 1024;

/** Up to it, an object is sent as one. A part has 5 MiB at the least, and an upload 10,000 parts at the most. */
const PART_SIZE = 8 * MIB;

const PARTS_AT_ONCE = 4;

const MARK = "venvdeb-write";

function target({ bucket, path }: Write) {
  return { Bucket: bucket.name, Key: bucket.prefix + path };
}

async function putBytes(write: Write, bytes: Uint8Array): Promise<PutOutcome> {
  const { bucket, path, condition, mark } = write;
  const input = { ...target(write), ...headersOf(path), ...condition, Metadata: { [MARK]: mark } };
  return await conditionally(write, async () => {
    const answer = await bucket.client.send(
      new PutObjectCommand({ ...input, Body: bytes, ContentLength: bytes.length }),
    );
    return answer.ETag;
  });
}

/** One try after the other, until one is carried out or the condition is found to be unmet by others' doing. */
async function conditionally(write: Write, send: () => Promise<string | undefined>): Promise<PutOutcome> {
  return await write.bucket.ask(`write "${write.path}"`, async ({ number }) => {
    try {
      return { version: stated(await send(), "ETag") };
    } catch (error) {
      if (!isUnmet(error)) throw error;
      const own = number > 1 ? await ownETag(write) : undefined;
      return own === undefined ? "conflict" : { version: own };
    }
  });
}

/** `If-Match` on what is not there is a 404; an upload that was completed is not there either. */
function isUnmet(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || nameOf(error) === "NoSuchKey" || nameOf(error) === "NoSuchUpload";
}

async function ownETag(write: Write): Promise<string | undefined> {
  try {
    const found = await write.bucket.client.send(new HeadObjectCommand(target(write)));
    return found.Metadata?.[MARK] === write.mark ? found.ETag : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function putParts(
  write: Write,
  file: FileHandle,
  content: { readonly file: string; readonly sha256?: string },
  size: number,
): Promise<PutOutcome> {
  const { bucket, path, mark } = write;
  const before = await file.stat();
  if (content.sha256 !== undefined) {
    const bytes = file.createReadStream({ start: 0, autoClose: false });
    await refuseOtherBytes(content.file, content.sha256, bytes);
  }
  const { UploadId } = await bucket.ask(`write "${path}"`, async () =>
    bucket.client.send(
      new CreateMultipartUploadCommand({ ...target(write), ...headersOf(path), Metadata: { [MARK]: mark } }),
    ),
  );
  const upload = { ...target(write), UploadId };
  try {
    const Parts = await sendParts(write, upload, file, content.file, size);
    if ((await file.stat()).mtimeMs !== before.mtimeMs) throw fileChanged(content.file);
    const outcome = await conditionally(write, async () => {
      const command = new CompleteMultipartUploadCommand({
        ...upload,
        ...write.condition,
        MultipartUpload: { Parts },
      });
      return (await bucket.client.send(command)).ETag;
    });
    if (outcome === "conflict") await abort(write, upload);
    return outcome;
  } catch (error) {
    await abort(write, upload);
    throw error;
  }
}

async function sendParts(
  write: Write,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
  file: FileHandle,
  name: string,
  size: number,
) {
  const { bucket, path } = write;
  const partSize = Math.max(PART_SIZE, Math.ceil(size / 9000 / MIB) * MIB);
  const limit = pLimit(PARTS_AT_ONCE);
  const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1);
  return await limit.map(numbers, async (PartNumber) => {
    const start = (PartNumber - 1) * partSize;
    const Body = await readPart(file, name, start, Math.min(partSize, size - start));
    const { ETag } = await bucket.ask(`write "${path}"`, async () =>
      bucket.client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ContentLength: Body.length })),
    );
    return { PartNumber, ETag };
  });
}

/** What stays of an upload costs money until the bucket's own rules remove it. */
async function abort(
  write: Write,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
): Promise<void> {
  await write.bucket.client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new VenvdebError("REPO_NO_ACCESS", `Cannot read "${path}": it cannot be opened`, {
      hint: "look whether it is there and your user may read it",
      cause,
    });
  }
}

async function readPart(file: FileHandle, name: string, start: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  for (let filled = 0; filled < size;) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, start + filled);
    if (bytesRead === 0) throw fileChanged(name);
    filled += bytesRead;
  }
  return bytes;
}
