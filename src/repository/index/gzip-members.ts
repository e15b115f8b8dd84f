import { promisify } from "node:util";
import { constants, gzip, inflateRawSync } from "node:zlib";
import { z } from "zod";

/** One gzip member (RFC 1952) with its content. */
export interface GzipMember {
  readonly bytes: Buffer;
  readonly text: Buffer;
}

/** A gzip member without name and time, so that its bytes depend on the content alone. */
export async function gzipMember(text: Uint8Array): Promise<Buffer> {
  return await compress(text, { level: constants.Z_BEST_COMPRESSION });
}

/**
 * The members of a file of our own writing, one after the other.
 * @param limit of the bytes that all of them hold
 * @throws Error (zlib's) for other data
 */
export function gzipMembers(bytes: Buffer, limit: number): GzipMember[] {
  const members: GzipMember[] = [];
  let size = 0;
  for (let start = 0; start < bytes.length;) {
    if (!bytes.subarray(start, start + PLAIN_HEADER.length).equals(PLAIN_HEADER))
      throw new Error("a member has another header");
    const options = { info: true, maxOutputLength: Math.max(limit - size, 1) };
    const { buffer: text, engine } = INFLATED.parse(
      inflateRawSync(bytes.subarray(start + HEADER_SIZE), options),
    );
    const end = start + HEADER_SIZE + engine.bytesWritten + TRAILER_SIZE;
    members.push({ bytes: bytes.subarray(start, end), text });
    size += text.length;
    start = end;
  }
  return members;
}

const compress = promisify(gzip);

/** With `info`, zlib says how many bytes of its input the member took: its types do not know. */
const INFLATED = z.object({
  buffer: z.instanceof(Buffer),
  engine: z.object({ bytesWritten: z.number() }),
});

/** Deflate, without any of the optional parts. */
const PLAIN_HEADER = Buffer.from([0x1f, 0x8b, 8, 0]);
const HEADER_SIZE = 10;
/** CRC and size. */
const TRAILER_SIZE = 8;
