import { readFileSync } from "../effects/fs.ts";
import type { DataEntry, FileEntry, Layer, PackageEntry } from "./entry.ts";
import { entrySize } from "./entry-size.ts";
import { memberOf } from "./tar.ts";
import { encodedSize } from "./tar-header.ts";

/** The bytes of one large file within the tar of its layer. */
export interface ContentRange {
  /** Bytes from the start of the tar. */
  readonly offset: number;
  readonly size: number;
}

/** A large file that is compressed by itself. */
export interface Content extends ContentRange {
  readonly entry: FileEntry | DataEntry;
}

/**
 * Whether a file's bytes may be worth blocks of their own, which every package that has the file can share: headers
 * and bytecode hold the package's path. A smaller file would lose more without the dictionary of its neighbours.
 */
export function isLargeFile(entry: PackageEntry): boolean {
  return entrySize(entry) >= LARGE && entry.kind !== "symlink" && !/\.pyc$|\.dist-info\//.test(entry.path);
}

const LARGE = 1024 * 1024;

/**
 * The large files of a layer that lose little when they are compressed by themselves. Extensions that have the same
 * library linked in are better off together. In the order of the tar.
 */
export function findContents({ entries, mtime }: Layer): Content[] {
  const found: Content[] = [];
  let end = 0;
  for (const entry of entries) {
    const member = memberOf(entry, mtime);
    const { size } = member;
    const start = end;
    end += encodedSize(member);
    if ((entry.kind !== "file" && entry.kind !== "data") || !isLargeFile(entry)) continue;
    found.push({ entry, size, offset: start + encodedSize({ ...member, size: 0 }) });
  }
  return found.length < 2 ? found : withoutRelatives(found);
}

/** How far the compressor looks back, and the part of a file that may be found there without being packed after it. */
const WINDOW = 8 * 1024 * 1024;
const MOST_SHARED = 0.08;

function withoutRelatives(contents: readonly Content[]): Content[] {
  const relatives = new Set<number>();
  const seen = new Map<number, { readonly file: number; readonly position: number }>();
  for (const [file, { entry, offset }] of contents.entries()) {
    const own = sample(entry);
    const shared = new Map<number, number>();
    for (const [hash, position] of own) {
      const before = seen.get(hash);
      if (before && before.file !== file && offset + position - before.position < WINDOW)
        shared.set(before.file, (shared.get(before.file) ?? 0) + 1);
      seen.set(hash, { file, position: offset + position });
    }
    const total = [...shared.values()].reduce((sum, count) => sum + count, 0);
    if (total > own.size * MOST_SHARED) for (const one of [file, ...shared.keys()]) relatives.add(one);
  }
  return contents.filter((_, file) => !relatives.has(file));
}

/**
 * One in some 500 of the 32-byte pieces of a file, chosen by their bytes alone, so that equal ones are found anywhere:
 * their hashes, and where each was last.
 */
function sample(entry: FileEntry | DataEntry): Map<number, number> {
  const found = new Map<number, number>();
  const bytes = entry.kind === "data" ? entry.data : readNow(entry.source);
  let hash = 0;
  for (let position = 0; position < bytes.length; position++) {
    hash = ((hash << 1) + (WEIGHTS[bytes[position] ?? 0] ?? 0)) | 0;
    if (hash >>> 23 === 0) found.set(hash, position);
  }
  return found;
}

/** A file that is gone is told by whoever packs it. */
function readNow(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}

/** Any fixed numbers with bits in all places. */
const WEIGHTS = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = Math.imul(byte + 1, 0x9e37_79b1);
  value = Math.imul(value ^ (value >>> 15), 0x85eb_ca6b);
  return Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
});
