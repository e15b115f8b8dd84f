import { VenvdebError } from "../errors.ts";
import { compareBytes } from "./byte-order.ts";
import { renderControl } from "./control.ts";
import { isConffile } from "./entries.ts";
import type { DataEntry, Layer, PackageEntry } from "./entry.ts";
import { entrySize } from "./entry-size.ts";
import { installedSizeOf, type SizedObject } from "./installed-size.ts";
import type { ControlFields, ControlFile } from "./types.ts";

/** What control.tar holds, as a layer that writeTar takes, and the Installed-Size that its control file gives. */
export interface ControlArchive {
  readonly layer: Layer;
  /** KiB. */
  readonly installedSize: number;
}

/**
 * Joins the control file, conffiles and md5sums, which follow from the layers, with the given files (deb-control(5),
 * deb-conffiles(5), deb-md5sums(5)).
 * @throws VenvdebError DEB_BAD_CONTROL_FILE, DEB_BAD_FIELD, DEPENDS_BAD_RELATION
 */
export function assembleControl(
  fields: ControlFields,
  files: readonly ControlFile[],
  layers: readonly Layer[],
  md5sums: ReadonlyMap<string, string>,
  timestamp: number,
): ControlArchive {
  const installedSize = measure(layers);
  const conffiles = layers
    .flatMap(({ entries }) => entries)
    .filter(isConffile)
    .map(({ path }) => path);
  const control = renderControl({ ...fields, installedSize });
  const members = new Map([["control", dataEntry("control", control, 0o644)]]);
  addLines(
    members,
    "conffiles",
    conffiles.map((path) => `/${path}`),
  );
  addLines(members, "md5sums", renderMd5sums(md5sums, new Set(conffiles)));
  for (const file of files) {
    validateControlFile(file, members.has(file.name));
    members.set(file.name, dataEntry(file.name, file.content, file.mode));
  }
  const entries = [...members.values()].toSorted((a, b) => compareBytes(a.path, b.path));
  return { layer: { id: "control", mtime: timestamp, entries }, installedSize };
}

function measure(layers: readonly Layer[]): number {
  const root = { kind: "directory", size: 0 } as const;
  const objects = layers
    .flatMap(({ entries }) => entries)
    .map((entry) => ({ kind: sizedKind(entry), size: entrySize(entry) }));
  return installedSizeOf([root, ...objects]);
}

function sizedKind({ kind }: PackageEntry): SizedObject["kind"] {
  return kind === "data" || kind === "stored" ? "file" : kind;
}

function renderMd5sums(md5sums: ReadonlyMap<string, string>, conffiles: ReadonlySet<string>): string[] {
  return [...md5sums]
    .filter(([path]) => !conffiles.has(path))
    .toSorted(([a], [b]) => compareBytes(a, b))
    .map(([path, md5]) => `${md5}  ${path}`);
}

function addLines(members: Map<string, DataEntry>, name: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const sorted = name === "conffiles" ? lines.toSorted(compareBytes) : lines;
  members.set(name, dataEntry(name, `${sorted.join("\n")}\n`, 0o644));
}

function dataEntry(path: string, content: string | Uint8Array, mode: number): DataEntry {
  return { kind: "data", path, mode, data: typeof content === "string" ? Buffer.from(content) : content };
}

function validateControlFile({ name, content, mode }: ControlFile, isTaken: boolean): void {
  if (!/^[a-z][a-z0-9_.-]{0,98}$/.test(name))
    throw badControlFile(name, "its name is not one of a control file");
  if (isTaken) throw badControlFile(name, "it is there already, or follows from the entries");
  if (mode !== 0o644 && mode !== 0o755) throw badControlFile(name, `its mode is 0${mode.toString(8)}`);
  // dpkg fails on a triggers file whose last line has no end.
  if (content.length > 0 && Buffer.from(content).at(-1) !== 0x0a)
    throw badControlFile(name, "it does not end with a newline");
}

function badControlFile(name: string, problem: string): VenvdebError {
  return new VenvdebError("DEB_BAD_CONTROL_FILE", `Cannot pack the control file "${name}": ${problem}`);
}
