import type { IndexedPackage } from "../types.ts";
import { packagesOf } from "./package-index.ts";
import { keyText } from "./stanzas.ts";
import type { IndexChunk, PackageEdit, PackageIndex } from "./types.ts";

/**
 * What makes the second index of the first; a package whose stanza alone differs is added. Equal chunks are not read.
 * @param known packages that the caller has: they are given rather than equal ones, which would take memory again
 */
export function diffIndexes(
  before: PackageIndex,
  after: PackageIndex,
  known: readonly IndexedPackage[] = [],
): PackageEdit {
  const former = new Map<string, IndexedPackage>();
  for (const one of packagesBeyond(before.chunks, after.chunks)) former.set(keyText(one), one);
  const knownByKey = new Map(known.map((one) => [keyText(one), one]));
  const add: IndexedPackage[] = [];
  for (const fresh of packagesBeyond(after.chunks, before.chunks)) {
    const key = keyText(fresh);
    const own = knownByKey.get(key);
    if (former.get(key)?.stanza !== fresh.stanza) add.push(own?.stanza === fresh.stanza ? own : fresh);
    former.delete(key);
  }
  return { add, remove: [...former.values()] };
}

function* packagesBeyond(
  chunks: readonly IndexChunk[],
  others: readonly IndexChunk[],
): Generator<IndexedPackage> {
  const beginnings = new Map(others.map((chunk) => [beginningOf(chunk), chunk.text]));
  for (const chunk of chunks)
    if (beginnings.get(beginningOf(chunk))?.equals(chunk.text) !== true) yield* packagesOf(chunk);
}

/** Enough to find the chunk that may be equal: it begins with the same stanza. */
function beginningOf({ text }: IndexChunk): string {
  return text.toString("latin1", 0, 200);
}
