import { createReadStream, open } from "../effects/fs.ts";
import { filterFromFile, type Filter } from "../effects/filter.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import { readArMembers, type ArMember } from "./ar.ts";
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
  const { control, data } = await locateMembers(path);
  const controlFiles = await readControlFiles(readTar(decompress(path, control, CONTROL_TAR_LIMIT)));
  return {
    path,
    control: parseControl(controlFiles.get("control")),
    controlFiles,
    entries: () => readTar(decompress(path, data)),
  };
}

const CONTROL_TAR_LIMIT = 8 * 1024 * 1024;
const CONTROL_LIMIT = 1024 * 1024;
const CONTROL_MEMBERS = 4096;

async function locateMembers(path: string): Promise<{ control: ArMember; data: ArMember }> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw new VenvdebError("DEB_NOT_A_PACKAGE", `Cannot read "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  });
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const stats = await file.stat();
    if (!stats.isFile()) throw notAPackage(path, "it is no file");
    const members = await readArMembers(read, stats.size);
    const [version, control, data] = members.filter(({ name }) => !name.startsWith("_"));
    const format = version?.name === "debian-binary" && version.size < 100 ? version : undefined;
    if (format === undefined) throw notAPackage(path, "its first member is not debian-binary");
    if (!/^2\.\d+\n/.test(Buffer.from(await read(format.offset, format.size)).toString("latin1")))
      throw notAPackage(path, "it has another version of the format than 2");
    if (!control || !data || !isTar(control, "control") || !isTar(data, "data"))
      throw notAPackage(path, "control.tar and data.tar do not follow debian-binary");
    if (members.filter((member) => isTar(member, "control") || isTar(member, "data")).length > 2)
      throw notAPackage(path, "it has control.tar or data.tar twice");
    return { control, data };
  } finally {
    await file.close();
  }
}

function isTar({ name }: ArMember, part: string): boolean {
  return name.startsWith(`${part}.tar`);
}

/** By the extension of the member's name. dpkg reads only the first stream of an .xz, so we do too. */
const DECOMPRESSORS: Readonly<Record<string, Filter>> = {
  ".xz": filterFor("xz", ["-dc", "--single-stream", "--memlimit-decompress=256MiB", "-q"], "xz-utils"),
  ".zst": filterFor("zstd", ["-dc", "-q", "--memory=256MB"], "zstd"),
  ".gz": filterFor("gzip", ["-dc", "-q"], "gzip"),
};

function filterFor(program: string, args: readonly string[], debianPackage: string): Filter {
  return {
    program,
    args,
    debianPackage,
    failure: { code: "DEB_DECOMPRESS_FAILED", doing: "decompress the package" },
  };
}

async function* decompress(
  path: string,
  { name, offset, size }: ArMember,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const extension = name.slice(name.indexOf(".tar") + ".tar".length);
  const filter = DECOMPRESSORS[extension];
  if (filter === undefined && extension !== "")
    throw notAPackage(path, `${name} is compressed in an unknown way`);
  if (size === 0) throw notAPackage(path, `${name} is empty`);
  const chunks: AsyncIterable<Uint8Array> = filter
    ? filterFromFile(filter, { path, start: offset, end: offset + size })
    : createReadStream(path, { start: offset, end: offset + size - 1 });
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > limit) throw badControl(`${name} unpacks to more than ${limit} bytes`);
    yield chunk;
  }
}

async function readControlFiles(entries: AsyncIterable<ReadEntry>): Promise<Map<string, Uint8Array>> {
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

function parseControl(bytes: Uint8Array | undefined): ReadonlyMap<string, string> {
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

function notAPackage(path: string, problem: string): VenvdebError {
  return new VenvdebError("DEB_NOT_A_PACKAGE", `Cannot read "${path}": ${problem} (wanted: a .deb file)`);
}

function badControl(problem: string): VenvdebError {
  return new VenvdebError("DEB_BAD_CONTROL", `Cannot read the package's control.tar: ${problem}`);
}
