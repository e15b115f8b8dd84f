import { digestOf } from "../cache/digest.ts";
import type { BlobReference, Store } from "../cache/store.ts";
import { createReadStream } from "../effects/fs.ts";
import { exec } from "../effects/exec.ts";
import { COMPRESSORS, type Stream } from "./compress.ts";
import type { ContentRange } from "./contents.ts";
import type { Compression, PackedTar } from "./entry.ts";
import { SMALL } from "./segments.ts";
import type { TarPosition } from "./tar.ts";

/** Compressed segments of earlier builds, and the blocks of large files, which segments of several packages share. */
export interface SegmentStore {
  /** Whether the segment of these layers is there; it is not read. */
  readonly has: (members: readonly PackedTar[], position: TarPosition) => Promise<boolean>;
  /** The files with the compressed segment, checked. */
  readonly find: (members: readonly PackedTar[], position: TarPosition) => Promise<Stream | undefined>;
  /** Keeps a copy of a file, and that the blocks of `contents` belong into it. */
  readonly keep: (
    members: readonly PackedTar[],
    position: TarPosition,
    path: string,
    contents?: KeptContents,
  ) => Promise<void>;
  /** The file with the blocks of these bytes, checked. */
  readonly findContents: (
    contents: UnpackedContents,
  ) => Promise<{ readonly path: string; readonly blob: BlobReference } | undefined>;
  /** Keeps a copy of a file with the blocks of these bytes. */
  readonly keepContents: (contents: UnpackedContents, path: string) => Promise<BlobReference>;
}

/** The bytes of large files, one after the other. */
export interface UnpackedContents {
  readonly sha256: string;
  /** Bytes of each. */
  readonly sizes: readonly number[];
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
  const contentsKey = ({ sha256, sizes }: UnpackedContents) =>
    digestOf([program, args, stdout, "contents", sha256, sizes]);
  const look = async (key: string): Promise<SegmentNote | undefined> => {
    const note = await store.readNote("segment", key);
    return isNote(note) ? note : undefined;
  };
  return {
    has: async (members, position) => {
      const note = await look(keyOf(members, position));
      if (!note || !(await store.has(note))) return false;
      return note.contents === undefined || (await store.has(note.contents));
    },
    find: async (members, position) => {
      const note = await look(keyOf(members, position));
      const path = note && (await store.find(note));
      if (!note || path === undefined) return undefined;
      if (!note.contents) return { path };
      const contents = await store.find(note.contents);
      return contents === undefined
        ? undefined
        : { path, contents: { path: contents, ranges: note.contents.ranges } };
    },
    keep: async (members, position, path, contents) => {
      const note: SegmentNote = { ...(await keepCopy(store, path)), ...(contents ? { contents } : {}) };
      await store.writeNote("segment", keyOf(members, position), note);
    },
    findContents: async (contents) => {
      const blob = await look(contentsKey(contents));
      const path = blob && (await store.find(blob));
      return blob && path !== undefined ? { path, blob } : undefined;
    },
    keepContents: async (contents, path) => {
      const blob = await keepCopy(store, path);
      await store.writeNote("segment", contentsKey(contents), blob);
      return blob;
    },
  };
}

/** Blocks that belong into another stream, and where. */
export interface KeptContents extends BlobReference {
  readonly ranges: readonly ContentRange[];
}

interface SegmentNote extends BlobReference {
  readonly contents?: KeptContents;
}

async function keepCopy(store: Store, path: string): Promise<BlobReference> {
  const { blob } = await store.keep(async (write) => {
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
    for await (const chunk of chunks) await write(chunk);
  });
  return blob;
}

/**
 * Whether the next build needs the tar of a layer itself: to group it anew with others, or because its compressed form
 * can't be kept.
 */
export function needsTar(size: number, segments: SegmentStore | undefined): boolean {
  return segments === undefined || size <= SMALL;
}

function isNote(note: unknown): note is SegmentNote {
  return typeof note === "object" && note !== null && "sha256" in note && "size" in note;
}
