import { digestOf } from "../cache/digest.ts";
import type { BlobReference, Store } from "../cache/store.ts";
import { createReadStream } from "../effects/fs.ts";
import { exec } from "../effects/exec.ts";
import { COMPRESSORS } from "./compress.ts";
import type { Compression, PackedTar } from "./entry.ts";
import { SMALL } from "./segments.ts";
import type { TarPosition } from "./tar.ts";

/** Compressed segments of earlier builds. */
export interface SegmentStore {
  /** Whether the segment of these layers is there; it is not read. */
  readonly has: (members: readonly PackedTar[], position: TarPosition) => Promise<boolean>;
  /** The file with the compressed segment, checked. */
  readonly find: (members: readonly PackedTar[], position: TarPosition) => Promise<string | undefined>;
  /** Keeps a copy of a file. */
  readonly keep: (members: readonly PackedTar[], position: TarPosition, path: string) => Promise<void>;
}

/**
 * The segments that were compressed as they would be now: by the same version of the program with the same options.
 * Nothing for a format that is one stream, or none.
 * @throws VenvdebError TOOL_MISSING
 */
export async function openSegmentStore(
  store: Store,
  compression: Compression,
): Promise<SegmentStore | undefined> {
  const { filter, isDivisible } = COMPRESSORS[compression];
  if (filter === undefined || !isDivisible) return undefined;
  const { program, args, debianPackage } = filter(1);
  const { stdout } = await exec(program, ["--version"], { debianPackage });
  const keyOf = (members: readonly PackedTar[], position: TarPosition) =>
    digestOf([program, args, stdout, position, members.map(({ sha256 }) => sha256)]);
  const look = async (key: string): Promise<BlobReference | undefined> => {
    const note = await store.readNote("segment", key);
    return isReference(note) ? note : undefined;
  };
  return {
    has: async (members, position) => {
      const blob = await look(keyOf(members, position));
      return blob !== undefined && (await store.has(blob));
    },
    find: async (members, position) => {
      const blob = await look(keyOf(members, position));
      return blob === undefined ? undefined : await store.find(blob);
    },
    keep: async (members, position, path) => {
      const { blob } = await store.keep(async (write) => {
        const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
        for await (const chunk of chunks) await write(chunk);
      });
      await store.writeNote("segment", keyOf(members, position), blob);
    },
  };
}

/**
 * Whether the next build needs the tar of a layer itself: to group it anew with others, or because its compressed form
 * can't be kept.
 */
export function needsTar(size: number, segments: SegmentStore | undefined): boolean {
  return segments === undefined || size <= SMALL;
}

function isReference(note: unknown): note is BlobReference {
  return typeof note === "object" && note !== null && "sha256" in note && "size" in note;
}
