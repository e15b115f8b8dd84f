import { createHash } from "node:crypto";
import type { DebArchive } from "../deb/read.ts";
import { readData, type ReadEntry } from "../deb/untar.ts";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import { createLeakSearch } from "./leaks.ts";
import { sourceHashOf } from "./source-hash.ts";
import type { ObjectFacts, PackageFacts } from "./types.ts";

/**
 * Reads every byte of a package once and keeps what the rules need.
 * @throws VenvdebError DEB_* for an archive that can't be read.
 */
export async function scanPackage(archive: DebArchive, host: Host): Promise<PackageFacts> {
  const objects = new Map<string, ObjectFacts>();
  const repeated: string[] = [];
  const orphans: string[] = [];
  for await (const entry of archive.entries()) {
    const { path } = entry;
    if (objects.has(path)) repeated.push(path);
    if (path !== "" && path.includes("/") && objects.get(parentOf(path))?.kind !== "directory")
      orphans.push(path);
    if (objects.size >= MAX_OBJECTS)
      throw new VenvdebError(
        "DEB_TOO_BIG",
        `Cannot check the package: it has more than ${MAX_OBJECTS} members`,
      );
    objects.set(path, await scanObject(entry, host));
  }
  return { archive, objects, repeated, orphans };
}

const MAX_OBJECTS = 2_000_000;
/** A file of more than this is no Python source and no RECORD; it is only hashed, piece by piece. */
const MAX_TEXT = 32 * 1024 * 1024;
const HEAD = 256;

async function scanObject(entry: ReadEntry, host: Host): Promise<ObjectFacts> {
  const { data: _, ...facts } = entry;
  if (entry.kind !== "file") return facts;
  return {
    ...facts,
    ...(entry.size <= MAX_TEXT ? await scanWhole(entry, host) : await scanPieces(entry, host)),
  };
}

async function scanWhole(entry: ReadEntry, host: Host): Promise<Partial<ObjectFacts>> {
  const data = await readData(entry, MAX_TEXT);
  const minor = /(?:^|\/)python3\.(\d{1,3})\/.*\.py$/.exec(entry.path)?.[1];
  const sourceHash = minor === undefined ? undefined : sourceHashOf(data, Number(minor));
  const search = createLeakSearch(host);
  search.update(data);
  return {
    md5: createHash("md5").update(data).digest("hex"),
    sha256: createHash("sha256").update(data).digest("base64url"),
    head: data.slice(0, HEAD),
    leaks: search.found,
    ...(sourceHash === undefined ? {} : { sourceHash }),
    ...(entry.path.endsWith(".dist-info/RECORD") ? { record: new TextDecoder().decode(data) } : {}),
  };
}

async function scanPieces(entry: ReadEntry, host: Host): Promise<Partial<ObjectFacts>> {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  const search = createLeakSearch(host);
  let head = Buffer.alloc(0);
  for await (const piece of entry.data()) {
    md5.update(piece);
    sha256.update(piece);
    search.update(piece);
    if (head.length < HEAD) head = Buffer.concat([head, piece.subarray(0, HEAD - head.length)]);
  }
  return { md5: md5.digest("hex"), sha256: sha256.digest("base64url"), head, leaks: search.found };
}

/** The folder of a path; empty for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}
