import { createReadStream } from "../effects/fs.ts";
import { filterFromFile } from "../effects/filter.ts";
import { VenvdebError } from "../errors.ts";
import type { ArMember } from "./ar.ts";
import { DECOMPRESSORS } from "./decompressors.ts";
import { compressionOf, locateMembers } from "./members.ts";
import { parseStanzas } from "./stanza.ts";
import { readData, readTar, type ReadEntry } from "./untar.ts";

/** A package, opened for reading. Its members are streams: nothing is written to disk. */
export interface DebArchive {
  readonly path: string;
  /** Fields of the control file; names in any case. */
  readonly control: ReadonlyMap<string, string>;
  /** Members of control.tar by name, `control` included. */
  readonly controlFiles: ReadonlyMap<string, Uint8Array>;
  /** Members of data.tar, in their order. Each call reads it anew; stopping early is fine. */
  readonly entries: () => AsyncGenerator<ReadEntry>;
}

/**
 * Opens a package that may be hostile: sizes are capped before they cost memory, duplicates and more than one stanza
 * are refused (dpkg takes the last member, indexers the first).
 * @throws VenvdebError DEB_NOT_A_PACKAGE, DEB_TRUNCATED, DEB_BAD_TAR, DEB_BAD_CONTROL, DEB_BAD_STANZA,
 *   DEB_DECOMPRESS_FAILED, TOOL_MISSING
 */
export async function readDeb(path: string): Promise<DebArchive> {
  const { control, data } = locateMembers(path);
  const controlFiles = await readControlFiles(readTar(decompress(path, control, CONTROL_TAR_LIMIT)));
  return {
    path,
    control: parseControl(controlFiles.get("control")),
    controlFiles,
    entries: () => readTar(decompress(path, data)),
  };
}

/** Of a control.tar as it is unpacked: md5sums of a hundred thousand files fit. */
export const CONTROL_TAR_LIMIT = 32 * 1024 * 1024;
const CONTROL_LIMIT = 1024 * 1024;
const CONTROL_MEMBERS = 4096;

/**
 * The bytes of a member, unpacked. Stopping early is fine.
 * @throws VenvdebError DEB_BAD_CONTROL beyond `limit`, DEB_DECOMPRESS_FAILED, TOOL_MISSING
 */
export async function* decompress(
  path: string,
  { name, offset, size }: ArMember,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const compression = compressionOf(name) ?? "";
  const chunks: AsyncIterable<Uint8Array> =
    compression === ""
      ? createReadStream(path, { start: offset, end: offset + size - 1 })
      : filterFromFile(DECOMPRESSORS[compression], { path, start: offset, end: offset + size });
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > limit) throw badControl(`${name} unpacks to more than ${limit} bytes`);
    yield chunk;
  }
}

/**
 * The members of a control.tar: plain files at its top, each once.
 * @throws VenvdebError DEB_BAD_CONTROL, DEB_BAD_TAR, DEB_TRUNCATED
 */
export async function readControlFiles(entries: AsyncIterable<ReadEntry>): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const entry of entries) {
    const { path, kind } = entry;
    if (kind === "directory" && path === "") continue;
    if (kind !== "file" || path.includes("/")) throw badControl(`"${path}" is not a plain file`);
    if (files.has(path)) throw badControl(`"${path}" is there twice`);
    if (files.size >= CONTROL_MEMBERS) throw badControl(`it has more than ${CONTROL_MEMBERS} members`);
    files.set(path, await readData(entry, path === "control" ? CONTROL_LIMIT : CONTROL_TAR_LIMIT));
  }
  return files;
}

/**
 * Reads a control file: one stanza, in UTF-8, that names package, version and architecture.
 * @throws VenvdebError DEB_BAD_CONTROL, DEB_BAD_STANZA
 */
export function parseControl(bytes: Uint8Array | undefined): ReadonlyMap<string, string> {
  if (bytes === undefined) throw badControl("it has no control file");
  const [stanza, second] = parseStanzas(decodeUtf8(bytes));
  if (stanza === undefined || second !== undefined) throw badControl("its control file is not one stanza");
  for (const name of ["Package", "Version", "Architecture"])
    if (!stanza.has(name)) throw badControl(`its control file has no ${name}`);
  return stanza;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badControl("its control file is not UTF-8");
  }
}

function badControl(problem: string): VenvdebError {
  return new VenvdebError("DEB_BAD_CONTROL", `Cannot read the package's control.tar: ${problem}`);
}
