import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { IndexCompression } from "../types.ts";
import { gzipMember } from "./gzip-members.ts";
import type { IndexChunk, PackageIndex, RenderedForm, XzBlocks } from "./types.ts";
import { compressBlocks, joinBlocks } from "./xz-blocks.ts";

/**
 * The forms of an index: the plain one always, as Release must list it, with bytes only if it is to be stored. What is
 * compressed already is taken as it is. The bytes depend on the packages alone.
 * @throws VenvdebError TOOL_MISSING, REPO_COMPRESS_FAILED
 */
export async function renderIndex(
  index: PackageIndex,
  compressions: readonly IndexCompression[],
): Promise<RenderedForm[]> {
  const { chunks } = index;
  const compressed = compressions.filter((compression) => compression !== "plain");
  const forms = compressed.map(async (compression) => {
    const bytes = compression === "gz" ? await renderGzip(chunks) : await renderXz(chunks);
    return { compression, size: bytes.length, sha256: hashOf([bytes]), bytes };
  });
  return [renderPlain(chunks, compressions.includes("plain")), ...(await Promise.all(forms))];
}

function renderPlain(chunks: readonly IndexChunk[], isStored: boolean): RenderedForm {
  const texts = chunks.map(({ text }) => text);
  const size = texts.reduce((total, { length }) => total + length, 0);
  const form = { compression: "plain", size, sha256: hashOf(texts) } as const;
  return isStored ? { ...form, bytes: Buffer.concat(texts) } : form;
}

/** An empty index is one empty member: a file without any is no gzip file. */
async function renderGzip(chunks: readonly IndexChunk[]): Promise<Buffer> {
  if (chunks.length === 0) return await gzipMember(Buffer.alloc(0));
  const limit = pLimit(4);
  return Buffer.concat(
    await Promise.all(chunks.map(async ({ gz, text }) => gz ?? (await limit(async () => gzipMember(text))))),
  );
}

async function renderXz(chunks: readonly IndexChunk[]): Promise<Buffer> {
  const fresh = chunks.filter(({ xz }) => xz === undefined);
  const made = new Map<IndexChunk, XzBlocks>();
  for (const [place, blocks] of (await compressBlocks(fresh.map(({ text }) => text))).entries()) {
    const chunk = fresh[place];
    if (chunk !== undefined) made.set(chunk, blocks);
  }
  return joinBlocks(chunks.flatMap((chunk) => chunk.xz ?? made.get(chunk) ?? []));
}

function hashOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
