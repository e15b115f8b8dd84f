/** One row of RECORD (PEP 376, PEP 427). */
export interface RecordRow {
  readonly path: string;
  readonly algorithm?: string;
  /** Base64url without padding. */
  readonly digest?: string;
  readonly size?: number;
}

/** Reads a RECORD, a CSV file; rows without a path are left out. Never throws. */
export function parseRecord(text: string): RecordRow[] {
  return splitRows(text)
    .map(parseRow)
    .filter(({ path }) => path !== "");
}

function parseRow([path = "", hash = "", size = ""]: readonly string[]): RecordRow {
  const [algorithm, digest] = hash.split("=");
  return {
    path,
    ...(algorithm === undefined || digest === undefined ? {} : { algorithm, digest }),
    ...(/^\d+$/.test(size) ? { size: Number(size) } : {}),
  };
}

/** Fields may be quoted; a quoted one may hold commas, newlines and doubled quotes (RFC 4180). */
function splitRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy)) {
    const [, field = "", end] = match;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}
