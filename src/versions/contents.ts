import { createHash } from "node:crypto";
import { readDeb } from "../deb/read.ts";
import { readData, type ReadEntry } from "../deb/untar.ts";
import type { Manifest } from "../documents/manifest.ts";
import { parseManifest } from "../documents/parse-manifest.ts";
import { stat } from "../effects/fs.ts";

/** A finished package as another one is compared with it. */
export interface PackageContents {
  /** Absolute file. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Fields of the control file; names in any case. */
  readonly control: ReadonlyMap<string, string>;
  /** Members of control.tar by name, `control` included. */
  readonly controlFiles: ReadonlyMap<string, Uint8Array>;
  /** Relative to the root, those that the package ships (deb-conffiles(5)). */
  readonly conffiles: ReadonlySet<string>;
  /** By path relative to the root, in the order of the archive, without the root itself. */
  readonly objects: ReadonlyMap<string, PackageObject>;
  /** Absent in packages that venvdeb did not make. */
  readonly manifest?: Manifest;
}

/** One member of the package; a hard link counts as a file. */
export interface PackageObject {
  readonly kind: "file" | "directory" | "symlink" | "device";
  readonly mode: number;
  /** `user:group` */
  readonly owner: string;
  readonly size: number;
  /** Of symlinks, as it is in the archive. */
  readonly target?: string;
  /** Of files whose content is asked for: hex. */
  readonly sha256?: string;
}

/**
 * Reads a whole package once, with the checksums of all files or of the conffiles only.
 * @throws VenvdebError as `readDeb`
 */
export async function readContents(
  path: string,
  { checksums }: { readonly checksums: "all" | "conffiles" },
): Promise<PackageContents> {
  const deb = await readDeb(path);
  const listed = new Set(conffileLines(deb.controlFiles));
  const manifestPath = `usr/share/doc/${deb.control.get("Package") ?? ""}/venvdeb.json`;
  const objects = new Map<string, PackageObject>();
  let manifest: Manifest | undefined;
  for await (const entry of deb.entries()) {
    if (entry.path === "") continue;
    const isManifest = entry.path === manifestPath && entry.kind === "file" && entry.size <= MANIFEST_LIMIT;
    const bytes = isManifest ? await readData(entry, MANIFEST_LIMIT) : undefined;
    if (bytes !== undefined) manifest = parseManifest(new TextDecoder().decode(bytes));
    const isWanted = entry.kind === "file" && (checksums === "all" || listed.has(entry.path));
    const sha256 = isWanted ? await digest(bytes === undefined ? entry.data() : [bytes]) : undefined;
    objects.set(entry.path, describe(entry, objects, sha256));
  }
  const { control, controlFiles } = deb;
  const conffiles = new Set([...listed].filter((file) => objects.get(file)?.kind === "file"));
  const { size } = await stat(path);
  const known = { path, size, control, controlFiles, conffiles, objects };
  return manifest === undefined ? known : { ...known, manifest };
}

const MANIFEST_LIMIT = 64 * 1024 * 1024;

/** `remove-on-upgrade` lines name files that are not shipped. */
function conffileLines(controlFiles: ReadonlyMap<string, Uint8Array>): string[] {
  const text = new TextDecoder().decode(controlFiles.get("conffiles"));
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.startsWith("/"))
    .map((line) => line.slice(1));
}

async function digest(data: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const sha256 = createHash("sha256");
  for await (const piece of data) sha256.update(piece);
  return sha256.digest("hex");
}

function describe(
  { kind, mode, owner, size, target }: ReadEntry,
  known: ReadonlyMap<string, PackageObject>,
  sha256: string | undefined,
): PackageObject {
  const who = `${owner.user}:${owner.group}`;
  const original = kind === "hardlink" && target !== undefined ? known.get(target) : undefined;
  if (original !== undefined) return original;
  return {
    kind: kind === "hardlink" ? "file" : kind,
    mode,
    owner: who,
    size,
    ...(kind === "symlink" && target !== undefined ? { target } : {}),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}
