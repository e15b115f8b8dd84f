import type { IndexedPackage } from "../types.ts";
import { packagesOf } from "./package-index.ts";
import { keyText } from "./stanzas.ts";
import type { IndexChunk, PackageEdit, PackageIndex } from "./types.ts";

/** What makes the second index of the first; a package whose stanza alone differs is added. Equal chunks are not read. */
export function diffIndexes(before: PackageIndex, after: PackageIndex): PackageEdit {
  const former = packagesBeyond(before.chunks, after.chunks);
  const fresh = packagesBeyond(after.chunks, before.chunks);
  return {
    add: [...fresh]
      .filter(([key, { stanza }]) => former.get(key)?.stanza !== stanza)
      .map(([, added]) => added),
    remove: [...former].filter(([key]) => !fresh.has(key)).map(([, removed]) => removed),
  };
}

function packagesBeyond(
  chunks: readonly IndexChunk[],
  others: readonly IndexChunk[],
): Map<string, IndexedPackage> {
  const beginnings = new Map(others.map((chunk) => [beginningOf(chunk), chunk.text]));
  return new Map(
    chunks
      .filter((chunk) => beginnings.get(beginningOf(chunk))?.equals(chunk.text) !== true)
      .flatMap(packagesOf)
      .map((listed) => [keyText(listed), listed]),
  );
}

/** Enough to find the chunk that may be equal: it begins with the same stanza. */
function beginningOf({ text }: IndexChunk): string {
  return text.toString("latin1", 0, 200);
}
