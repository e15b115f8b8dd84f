import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { BlobReference, NoteKind, Store } from "../store.ts";
import type { Patience } from "./patience.ts";
import type { NoteSeal } from "./sealed-note.ts";
import type { SharedPlace } from "./types.ts";

/** A store with another behind it. */
export interface SharedStore {
  readonly store: Store;
  /** Writes back what this build has made; to be called when it was a success. */
  readonly finish: () => Promise<void>;
}

export interface SharedStoreOptions {
  readonly place: SharedPlace;
  readonly patience: Patience;
  readonly seal: NoteSeal;
  /** Bytes that one value may have: more is not asked for. */
  readonly limit: number;
}

/**
 * Puts a shared place behind a store: what the store lacks is asked there, checked, and kept in the store before anybody
 * uses it. So later stages find it as if it had been made here, and what a place gives first and then takes away harms
 * nothing. Results of whole builds are of this machine alone.
 */
export function withShared(local: Store, options: SharedStoreOptions): SharedStore {
  const made: Made = { blobs: new Map(), notes: [] };
  const isThere = async (blob: BlobReference) =>
    (await local.has(blob)) || (await fetchBlob(local, blob, options));
  return {
    store: {
      readNote: async (kind, key) =>
        (await local.readNote(kind, key)) ?? (await fetchNote(local, kind, key, options)),
      writeNote: async (kind, key, value) => {
        await local.writeNote(kind, key, value);
        if (isShared(kind)) made.notes.push({ kind, key, value });
      },
      has: isThere,
      find: async (blob) =>
        (await local.find(blob)) ??
        ((await fetchBlob(local, blob, options)) ? await local.find(blob) : undefined),
      keep: async (fill) => {
        const kept = await local.keep(fill);
        made.blobs.set(kept.blob.sha256, kept.blob);
        return kept;
      },
    },
    finish: async () => {
      await writeBack(local, made, options);
      options.patience.conclude();
      options.place.close?.();
    },
  };
}

/** A backend's environment is run before anything is checked. */
function isShared(kind: NoteKind): boolean {
  return kind === "layer" || kind === "segment";
}

interface Made {
  readonly blobs: Map<string, BlobReference>;
  readonly notes: { readonly kind: NoteKind; readonly key: string; readonly value: unknown }[];
}

/** They have the names of all files of a distribution, and its licences. */
const NOTE_LIMIT = 32 * 1024 * 1024;

async function fetchNote(local: Store, kind: NoteKind, key: string, options: SharedStoreOptions) {
  if (!isShared(kind)) return undefined;
  const { place, patience, seal } = options;
  const value = await patience.attempt(0, async (signal) => {
    const answer = await place.read(seal.pathOf(kind, key), signal);
    return answer && seal.open(kind, key, await readAll(answer, NOTE_LIMIT));
  });
  if (value !== undefined) await local.writeNote(kind, key, value);
  return value;
}

async function readAll(answer: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > limit) throw new Error(`it sends a note of more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A note may name anything: what is no digest is no path either. */
function isSound({ sha256, size }: BlobReference, limit: number): boolean {
  return /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(size) && size >= 0 && size <= limit;
}

async function fetchBlob(local: Store, blob: BlobReference, options: SharedStoreOptions): Promise<boolean> {
  const { place, patience, limit } = options;
  if (!isSound(blob, limit)) return false;
  const fetched = await patience.attempt(blob.size, async (signal) => {
    const answer = await place.read(blobPath(blob), signal);
    if (answer) await keepExactly(local, blob, answer);
    return answer !== undefined;
  });
  return fetched === true && (await local.has(blob));
}

function blobPath({ sha256 }: BlobReference): string {
  return `blobs/${sha256.slice(0, 2)}/${sha256}`;
}

/** What is thrown in here leaves nothing in the store. */
async function keepExactly(local: Store, { sha256, size }: BlobReference, answer: AsyncIterable<Uint8Array>) {
  await local.keep(async (write) => {
    const digest = createHash("sha256");
    let received = 0;
    for await (const chunk of answer) {
      received += chunk.length;
      if (received > size) throw new Error("it sends more bytes than it was asked for");
      digest.update(chunk);
      await write(chunk);
    }
    if (digest.digest("hex") !== sha256) throw new Error("it sends other bytes than it was asked for");
  });
}

const AT_ONCE = 4;

/** First the bytes, then the notes that name them. */
async function writeBack(local: Store, made: Made, { place, patience, seal, limit }: SharedStoreOptions) {
  let isRefused = false;
  const attempt = async (bytes: number, run: (signal: AbortSignal) => Promise<"done" | "refused">) => {
    if (!isRefused && (await patience.attempt(bytes, run)) === "refused") isRefused = true;
  };
  await pLimit(AT_ONCE).map(made.blobs.values(), async (blob) => {
    const file = patience.isOver || isRefused || blob.size > limit ? undefined : await local.find(blob);
    if (file === undefined) return;
    await attempt(blob.size, async (signal) =>
      place.create(blobPath(blob), { file, size: blob.size }, signal),
    );
  });
  await pLimit(AT_ONCE).map(made.notes, async ({ kind, key, value }) => {
    const bytes = seal.seal(kind, key, value);
    await attempt(bytes.length, async (signal) => place.create(seal.pathOf(kind, key), bytes, signal));
  });
}
