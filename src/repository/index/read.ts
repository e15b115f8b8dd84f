import { createHash } from "node:crypto";
import { VenvdebError, messageOf } from "../../errors.ts";
import { byHashPath } from "../heads.ts";
import type { Storage } from "../storage/types.ts";
import type { ReleaseEntry } from "../types.ts";
import { gzipMembers } from "./gzip-members.ts";
import { noteIndex, recallIndex } from "./known.ts";
import { EMPTY_INDEX, packageIndex, packagesOf } from "./package-index.ts";
import { beginsChunk, firstStanza } from "./stanzas.ts";
import type { IndexChunk, PackageIndex } from "./types.ts";
import { decompressXz, takeBlocks } from "./xz-blocks.ts";

/**
 * Reads one index of a release by its hash, with the compressed forms of its chunks; each object is checked against the
 * size and hash of its entry. An index that is not listed is empty.
 * @param folder of the Release, ending in a slash or empty
 * @param path of the plain index, relative to the folder: `main/binary-amd64/Packages`
 * @throws VenvdebError REPO_DAMAGED for an object that is missing or has other bytes
 */
export async function readIndex(
  storage: Storage,
  folder: string,
  path: string,
  entries: readonly ReleaseEntry[],
): Promise<PackageIndex> {
  const listed = new Map(entries.map((entry) => [entry.path, entry]));
  const plain = listed.get(path);
  if (plain === undefined || plain.size === 0) return EMPTY_INDEX;
  const known = recallIndex(storage, plain.sha256);
  if (known !== undefined) return known;
  const index = await readForms(storage, folder, plain, listed);
  noteIndex(storage, plain.sha256, index);
  return index;
}

async function readForms(
  storage: Storage,
  folder: string,
  plain: ReleaseEntry,
  listed: ReadonlyMap<string, ReleaseEntry>,
): Promise<PackageIndex> {
  const { path } = plain;
  const read = async (entry: ReleaseEntry | undefined): Promise<Buffer | undefined> =>
    entry && (await readEntry(storage, folder, entry));
  const [gz, xz] = await Promise.all([read(listed.get(`${path}.gz`)), read(listed.get(`${path}.xz`))]);
  const chunks = gz === undefined ? undefined : chunksOfGzip(gz, plain, folder);
  if (chunks !== undefined && areOurs(chunks))
    return packageIndex(xz === undefined ? chunks : withBlocks(chunks, xz));
  const text = await textOf(chunks, xz, async () => readEntry(storage, folder, plain));
  const cut = EMPTY_INDEX.edited({ add: packagesOf({ text }), remove: [] });
  return xz === undefined ? cut : packageIndex(withBlocks(cut.chunks, xz));
}

/**
 * Reads what an entry of a release lists by its hash.
 * @throws VenvdebError REPO_DAMAGED
 */
export async function readEntry(storage: Storage, folder: string, entry: ReleaseEntry): Promise<Buffer> {
  const path = `${folder}${byHashPath(entry)}`;
  const stored = await storage.read(path);
  if (stored === undefined) throw damaged(path, "it is missing");
  const sha256 = createHash("sha256").update(stored.bytes).digest("hex");
  if (stored.bytes.length !== entry.size || sha256 !== entry.sha256)
    throw damaged(
      path,
      `it has ${stored.bytes.length} bytes of SHA-256 ${sha256} (wanted: ${entry.size} bytes of its name)`,
    );
  return stored.bytes;
}

function chunksOfGzip(bytes: Buffer, plain: ReleaseEntry, folder: string): IndexChunk[] {
  try {
    return gzipMembers(bytes, plain.size)
      .filter(({ text }) => text.length > 0)
      .map((member) => ({ text: member.text, gz: member.bytes }));
  } catch (error) {
    throw damaged(`${folder}${plain.path}.gz`, messageOf(error), error);
  }
}

/** Whether an index is cut where ours are, so that its pieces can be kept. */
function areOurs(chunks: readonly IndexChunk[]): boolean {
  return chunks.slice(1).every(({ text }) => beginsChunk(firstStanza(text)));
}

async function textOf(
  chunks: readonly IndexChunk[] | undefined,
  xz: Buffer | undefined,
  readPlain: () => Promise<Buffer>,
): Promise<Buffer> {
  if (chunks !== undefined) return Buffer.concat(chunks.map(({ text }) => text));
  return xz === undefined ? await readPlain() : await decompressXz(xz);
}

function withBlocks(chunks: readonly IndexChunk[], xz: Buffer): readonly IndexChunk[] {
  const blocks = takeBlocks(
    xz,
    chunks.map(({ text }) => text.length),
  );
  return chunks.map((chunk, place) => {
    const block = blocks?.[place];
    return block === undefined ? chunk : { ...chunk, xz: block };
  });
}

function damaged(path: string, problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError("REPO_DAMAGED", `Cannot read "${path}": ${problem}`, {
    hint: "venvdeb repo verify",
    cause,
  });
}
