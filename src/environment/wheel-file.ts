import { createHash } from "node:crypto";
import { basename } from "node:path";
import { readFile } from "../effects/fs.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import { parseRecord, rowIsTrue } from "../relocate/record.ts";
import { readZip, type ZipEntry } from "./zip.ts";

/** A wheel whose every file is what its RECORD says. */
export interface CheckedWheel {
  readonly path: string;
  readonly sha256: string;
  /** METADATA, as text. */
  readonly metadata: string;
  readonly entries: readonly ZipEntry[];
}

/**
 * Reads a wheel and holds each of its files against its RECORD, names included: none may be missing, unlisted,
 * different, or lie outside of the wheel.
 * @throws VenvdebError INSTALL_WHEEL_DAMAGED, INSTALL_RECORD_MISMATCH
 */
export async function readCheckedWheel(path: string): Promise<CheckedWheel> {
  const bytes = await readFile(path);
  const name = basename(path);
  const entries = openWheel(bytes, name);
  const record = entries.find((entry) => /^[^/]+\.dist-info\/RECORD$/.test(entry.name));
  if (!record) throw damaged(name, "it has no RECORD");
  const distInfo = record.name.slice(0, -"RECORD".length);
  checkEntries(entries, readText(record, name), distInfo, name);
  const metadata = entries.find((entry) => entry.name === `${distInfo}METADATA`);
  if (!metadata) throw damaged(name, "it has no METADATA");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, sha256, metadata: readText(metadata, name), entries };
}

function openWheel(bytes: Buffer, name: string): ZipEntry[] {
  try {
    return readZip(bytes);
  } catch (cause) {
    throw damaged(name, messageOf(cause), cause);
  }
}

function readText(entry: ZipEntry, wheel: string): string {
  return readEntry(entry, wheel).toString("utf8");
}

function readEntry(entry: ZipEntry, wheel: string): Buffer {
  try {
    return entry.read();
  } catch (cause) {
    throw damaged(wheel, messageOf(cause), cause);
  }
}

function checkEntries(entries: readonly ZipEntry[], record: string, distInfo: string, wheel: string): void {
  const rows = new Map(parseRecord(record).map((row) => [row.path, row]));
  for (const entry of entries) {
    if (isOutside(entry.name)) throw recordMismatch(wheel, entry.name, "it lies outside of the environment");
    if (/^[^/]+\.data\/scripts\/(?:python[\d.]*|activate(?:\..*)?)$/.test(entry.name))
      throw recordMismatch(wheel, entry.name, "it would take the place of a part of the environment");
    if (UNHASHED.has(entry.name.slice(distInfo.length)) && entry.name.startsWith(distInfo)) continue;
    const row = rows.get(entry.name);
    if (!row) throw recordMismatch(wheel, entry.name, "its RECORD does not list it");
    if (row.hash === "" && entry.name.endsWith(".pyc")) continue;
    if (!rowIsTrue(row, readEntry(entry, wheel)))
      throw recordMismatch(wheel, entry.name, "its bytes are not those of its RECORD");
  }
  const names = new Set(entries.map((entry) => entry.name));
  for (const path of rows.keys()) if (!names.has(path) && !path.endsWith("/")) throw missing(wheel, path);
}

/** PEP 427: RECORD and its signatures can't be listed with a hash. */
export const UNHASHED: ReadonlySet<string> = new Set(["RECORD", "RECORD.jws", "RECORD.p7s"]);

/** Whether a path of a wheel leaves the folder that it is unpacked into. */
export function isOutside(path: string): boolean {
  return path.startsWith("/") || path.includes("\0") || path.split(/[/\\]/).includes("..");
}

/** The refusal of a wheel that is not what it says. */
export function recordMismatch(wheel: string, file: string, reason: string): VenvdebError {
  return new VenvdebError(
    "INSTALL_RECORD_MISMATCH",
    `Cannot install "${wheel}": ${reason} (file "${file}")`,
    {
      hint: "the wheel is damaged or was tampered with: compare it with its publisher's, or take another version",
    },
  );
}

function missing(wheel: string, path: string): VenvdebError {
  const reason = isOutside(path)
    ? "its RECORD names a file outside of the environment"
    : "it lacks a file of its RECORD";
  return recordMismatch(wheel, path, reason);
}

function damaged(wheel: string, reason: string, cause?: unknown): VenvdebError {
  return new VenvdebError(
    "INSTALL_WHEEL_DAMAGED",
    `Cannot read "${wheel}": ${reason} (wanted: a wheel, PEP 427)`,
    {
      cause,
    },
  );
}
