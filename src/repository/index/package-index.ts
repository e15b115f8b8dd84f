import type { IndexedPackage } from "../types.ts";
import { editChunks } from "./edit.ts";
import { firstStanza, listStanzas, type ListedStanza } from "./stanzas.ts";
import type { IndexChunk, PackageIndex } from "./types.ts";

/** An index of chunks, whose stanzas are looked at when they are asked for. */
export function packageIndex(chunks: readonly IndexChunk[]): PackageIndex {
  const index: PackageIndex = {
    chunks,
    find: (name) => findPackages(chunks, name),
    packages: () => allPackages(chunks),
    edited: (edit) => {
      const edited = editChunks(chunks, edit);
      return edited === chunks ? index : packageIndex(edited);
    },
  };
  return index;
}

/** An index without packages. */
export const EMPTY_INDEX: PackageIndex = packageIndex([]);

/** The packages of one chunk, in their order. */
export function packagesOf({ text }: IndexChunk): IndexedPackage[] {
  return listStanzas(text).map((stanza) => packageOf(text, stanza));
}

function* allPackages(chunks: readonly IndexChunk[]): Generator<IndexedPackage> {
  for (const chunk of chunks) yield* packagesOf(chunk);
}

/** The versions of a package may go over several chunks, and begin amid the one before. */
function findPackages(chunks: readonly IndexChunk[], name: string): IndexedPackage[] {
  const start = Math.max(firstFrom(chunks, name) - 1, 0);
  const found: IndexedPackage[] = [];
  for (const { text } of chunks.slice(start)) {
    if (firstStanza(text).name > name) break;
    for (const stanza of listStanzas(text)) if (stanza.name === name) found.push(packageOf(text, stanza));
  }
  return found;
}

/** The first chunk that begins with this name or a later one. */
function firstFrom(chunks: readonly IndexChunk[], name: string): number {
  let [low, high] = [0, chunks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const chunk = chunks[middle];
    if (chunk !== undefined && firstStanza(chunk.text).name < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function packageOf(text: Buffer, { start, end, ...listed }: ListedStanza): IndexedPackage {
  return { ...listed, stanza: text.toString("utf8", start, end - 1) };
}
