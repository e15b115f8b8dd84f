import { VenvdebError, messageOf } from "../../errors.ts";
import type { IndexedPackage } from "../types.ts";
import {
  beginsChunk,
  compareKeys,
  firstStanza,
  keyText,
  listStanzas,
  type ListedStanza,
  type PackageKey,
} from "./stanzas.ts";
import type { IndexChunk, PackageEdit } from "./types.ts";

/**
 * The chunks after an edit, cut where the packages alone say: the same packages give the same chunks, whatever came
 * before. Chunks without a change stay the same objects; without any change, so does the list.
 * @throws VenvdebError REPO_BAD_STANZA
 */
export function editChunks(chunks: readonly IndexChunk[], edit: PackageEdit): readonly IndexChunk[] {
  const changes = changesByChunk(chunks, edit);
  if (changes.size === 0) return chunks;
  const cutter = new Cutter();
  const former = chunks.length === 0 ? [{ text: Buffer.alloc(0) }] : chunks;
  let changed = false;
  for (const [place, chunk] of former.entries()) {
    const change = changes.get(place);
    const stanzas = change === undefined ? undefined : mergeChunk(chunk, change);
    if (stanzas === undefined) cutter.keep(chunk);
    else {
      changed = true;
      for (const stanza of stanzas) cutter.add(stanza);
    }
  }
  return changed ? cutter.finish() : chunks;
}

interface Stanza {
  readonly key: PackageKey;
  /** With the empty line after it; made when its chunk is, so that few are there at once. */
  readonly bytes: () => Buffer;
}

interface Change {
  readonly add: Stanza[];
  readonly remove: Set<string>;
}

function changesByChunk(chunks: readonly IndexChunk[], edit: PackageEdit): Map<number, Change> {
  const firsts = chunks.map(({ text }) => firstStanza(text));
  const changes = new Map<number, Change>();
  const changeFor = (key: PackageKey): Change => {
    const place = chunkFor(firsts, key);
    const change = changes.get(place) ?? { add: [], remove: new Set<string>() };
    changes.set(place, change);
    return change;
  };
  for (const removed of edit.remove) changeFor(removed).remove.add(keyText(removed));
  for (const added of edit.add)
    changeFor(validated(added)).add.push({ key: added, bytes: () => stanzaBytes(added) });
  return changes;
}

/** The last chunk that does not begin after the key; the first for a key before all. */
function chunkFor(firsts: readonly ListedStanza[], key: PackageKey): number {
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const first = firsts[middle];
    if (first !== undefined && compareKeys(first, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

/** Nothing when the chunk stays as it is. */
function mergeChunk({ text }: IndexChunk, { add, remove }: Change): Stanza[] | undefined {
  const stanzas = new Map<string, Stanza>();
  for (const listed of listStanzas(text))
    stanzas.set(keyText(listed), { key: listed, bytes: () => text.subarray(listed.start, listed.end) });
  let changed = false;
  for (const key of remove) changed = stanzas.delete(key) || changed;
  for (const stanza of add) {
    const key = keyText(stanza.key);
    changed ||= stanzas.get(key)?.bytes().equals(stanza.bytes()) !== true;
    stanzas.set(key, stanza);
  }
  return changed ? [...stanzas.values()].toSorted((a, b) => compareKeys(a.key, b.key)) : undefined;
}

/** Cuts stanzas that come in their order into chunks. */
class Cutter {
  readonly #chunks: IndexChunk[] = [];
  #open: Buffer[] = [];

  /** A chunk without a change: it begins where one has to, or is the first. */
  keep(chunk: IndexChunk): void {
    this.#close();
    if (chunk.text.length > 0) this.#chunks.push(chunk);
  }

  add({ key, bytes }: Stanza): void {
    if (beginsChunk(key)) this.#close();
    // What began this chunk was removed, so it goes on from the one before.
    else if (this.#open.length === 0) this.#open = this.#chunks.splice(-1).map(({ text }) => text);
    this.#open.push(bytes());
  }

  finish(): IndexChunk[] {
    this.#close();
    return this.#chunks;
  }

  #close(): void {
    if (this.#open.length > 0) this.#chunks.push({ text: Buffer.concat(this.#open) });
    this.#open = [];
  }
}

function stanzaBytes({ stanza }: IndexedPackage): Buffer {
  return Buffer.from(`${stanza}\n`);
}

function validated(added: IndexedPackage): IndexedPackage {
  const [listed, ...others] = readStanza(stanzaBytes(added), added);
  const isSame =
    others.length === 0 &&
    listed !== undefined &&
    keyText(listed) === keyText(added) &&
    listed.filename === added.filename &&
    listed.size === added.size;
  if (!isSame) throw badStanza(added, "its stanza says other things than what it is added as");
  return added;
}

function readStanza(bytes: Buffer, added: IndexedPackage): ListedStanza[] {
  try {
    return listStanzas(bytes);
  } catch (error) {
    throw badStanza(added, messageOf(error));
  }
}

function badStanza({ name, version }: IndexedPackage, problem: string): VenvdebError {
  return new VenvdebError("REPO_BAD_STANZA", `Cannot list "${name} ${version}": ${problem}`, {
    hint: "build the package again with sound control fields",
  });
}
