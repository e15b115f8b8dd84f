import { createHash } from "node:crypto";

/** One row of RECORD (PEP 376, PEP 427): a path relative to site-packages, its digest and its size in bytes. */
export interface RecordRow {
  readonly path: string;
  /** `sha256=<urlsafe base64 without padding>`, or empty. */
  readonly hash: string;
  readonly size: string;
}

/** Reads RECORD, which is CSV with the usual quotes. Blank lines are passed over. */
export function parseRecord(text: string): RecordRow[] {
  return parseCsv(text).flatMap(([path = "", hash = "", size = ""]) =>
    path === "" ? [] : [{ path, hash, size }],
  );
}

/** Writes rows in the order of their paths' bytes, RECORD's own row among them. */
export function renderRecord(rows: readonly RecordRow[]): string {
  const sorted = rows.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return sorted.map(({ path, hash, size }) => `${quote(path)},${hash},${size}\n`).join("");
}

/** The hash column for some bytes. */
export function recordHash(bytes: Uint8Array, algorithm = "sha256"): string {
  return `${algorithm}=${createHash(algorithm).update(bytes).digest("base64url")}`;
}

/** The digests that PEP 427 allows: sha256 or better. */
export const RECORD_ALGORITHMS: readonly string[] = ["sha256", "sha384", "sha512"];

/** Whether the row is true of these bytes. A row without a hash is not. */
export function rowIsTrue(row: RecordRow, bytes: Uint8Array): boolean {
  const algorithm = row.hash.slice(0, row.hash.indexOf("="));
  if (!RECORD_ALGORITHMS.includes(algorithm)) return false;
  if (row.size !== "" && row.size !== String(bytes.length)) return false;
  return recordHash(bytes, algorithm) === row.hash.replace(/=+$/, "");
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function parseCsv(text: string): string[][] {
  if (!text.includes('"')) return text.split(/\r?\n/).map((line) => line.split(","));
  const lines: string[][] = [];
  let fields: string[] = [];
  for (const { groups } of text.matchAll(
    /(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^,\r\n]*))(?<end>,|\r?\n|$)/g,
  )) {
    fields.push(groups?.["quoted"]?.replaceAll('""', '"') ?? groups?.["plain"] ?? "");
    if (groups?.["end"] === ",") continue;
    lines.push(fields);
    fields = [];
  }
  return lines;
}
