import { randomBytes } from "node:crypto";
import { DECOMPRESSORS } from "../../deb/decompressors.ts";
import { filterBytes } from "../../effects/filter.ts";
import { VenvdebError } from "../../errors.ts";
import { unpackInGroups } from "./unpack-batch.ts";
import type { Unpacked } from "./types.ts";

/**
 * Unpacks many small .zst files by one program: after each comes a frame with a secret mark, by which the output is
 * cut, since frames need not tell their size. What is not one plain frame is refused: dpkg would read only the first.
 * @throws VenvdebError TOOL_MISSING
 */
export async function unpackZstd(files: readonly Uint8Array[], limit: number): Promise<Unpacked[]> {
  const results: Unpacked[] = files.map(() => damaged("it is not one zstd frame"));
  const frames = files.flatMap((file, index) => {
    const size = maximumSize(file);
    return size === undefined ? [] : [{ index, file, size: Math.min(size, limit) }];
  });
  const unpacked = await unpackInGroups(frames, unpackGroup);
  for (const [at, { index }] of frames.entries()) results[index] = unpacked[at] ?? damaged("it is damaged");
  return results;
}

const MAGIC = 0xfd2fb528;
const MAX_BLOCK = 128 * 1024;

/**
 * Walks the headers of a frame's blocks (RFC 8878, 3.1.1). Gives how many bytes it can unpack to at most; nothing for
 * what is not exactly one frame.
 */
function maximumSize(bytes: Uint8Array): number | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 6 || file.readUInt32LE(0) !== MAGIC) return undefined;
  const descriptor = file.readUInt8(4);
  let position = 5 + frameHeaderSize(descriptor);
  for (let blocks = 1; position + 3 <= file.length; blocks++) {
    const header = file.readUIntLE(position, 3);
    const isRepeated = ((header >> 1) & 3) === 1;
    position += 3 + (isRepeated ? 1 : header >> 3);
    if ((header & 1) === 0) continue;
    const end = position + ((descriptor & 4) === 0 ? 0 : 4);
    return end === file.length ? blocks * MAX_BLOCK : undefined;
  }
  return undefined;
}

/** Window, dictionary and size of the content, each in a number of bytes that the descriptor tells. */
function frameHeaderSize(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + contentSize;
}

async function unpackGroup(
  group: readonly { readonly file: Uint8Array; readonly size: number }[],
): Promise<Uint8Array[]> {
  const mark = randomBytes(MARK_SIZE);
  const frame = rawFrame(mark);
  const limit = group.reduce((total, { size }) => total + size + MARK_SIZE, 0);
  const joined = Buffer.concat(group.flatMap(({ file }) => [file, frame]));
  const output = await filterBytes(DECOMPRESSORS[".zst"], joined, limit);
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let end = output.indexOf(mark); end !== -1; end = output.indexOf(mark, start)) {
    parts.push(output.subarray(start, end));
    start = end + MARK_SIZE;
  }
  if (parts.length !== group.length || start !== output.length) throw damaged("it is damaged");
  return parts;
}

const MARK_SIZE = 32;

/** A frame of one block that is stored as it is. */
function rawFrame(content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt8(0x20, 4);
  header.writeUInt8(content.length, 5);
  header.writeUIntLE((content.length << 3) | 1, 6, 3);
  return Buffer.concat([header, content]);
}

function damaged(problem: string): VenvdebError {
  return new VenvdebError("DEB_DECOMPRESS_FAILED", `Cannot decompress the package: ${problem}`);
}
