import { z } from "zod";
import type { Storage } from "../storage/types.ts";
import type { PackageRow } from "./rows.ts";

/** What the site was made of when it was last written. A cache: its loss costs writing all pages again. */
export interface PageManifest {
  /** Of all pages: those of another form are made anew. */
  readonly form: string;
  /** Path of each file but the pages of packages to the key of its text. */
  readonly files: Readonly<Record<string, string>>;
  readonly suites: readonly ManifestSuite[];
}

export interface ManifestSuite {
  readonly name: string;
  /** Which release it was: `20261123T120000Z-0123456789ab`; empty before the first. */
  readonly release: string;
  /** Path of each index to the SHA-256 of its plain form. */
  readonly indexes: Readonly<Record<string, string>>;
  /** By name. */
  readonly rows: readonly PackageRow[];
}

const MANIFEST_PATH = "venvdeb/pages.json";

/** The manifest; nothing when there is none, or none that can be used. */
export async function readManifest(
  storage: Storage,
): Promise<{ readonly manifest: PageManifest | undefined; readonly version: string | undefined }> {
  const stored = await storage.read(MANIFEST_PATH);
  return { manifest: stored && parseManifest(stored.bytes.toString()), version: stored?.version };
}

/** Replaces it, so that in a folder the pages are durable before; when somebody else has, all the same. */
export async function writeManifest(
  storage: Storage,
  manifest: PageManifest,
  version: string | undefined,
): Promise<void> {
  const suites = manifest.suites.map(({ name, release, indexes, rows }) => ({
    name,
    release,
    indexes,
    rows: rows.map(packRow),
  }));
  const bytes = Buffer.from(`${JSON.stringify({ format: 2, ...manifest, suites })}\n`);
  const outcome = await storage.replace(MANIFEST_PATH, bytes, version);
  if (outcome === "conflict") await storage.write(MANIFEST_PATH, bytes);
}

function parseManifest(text: string): PageManifest | undefined {
  try {
    const { form, files, suites } = SCHEMA.parse(JSON.parse(text));
    return { form, files, suites: suites.map(unpackSuite) };
  } catch {
    return undefined;
  }
}

function unpackSuite({ name, release, indexes, rows }: z.output<typeof SCHEMA>["suites"][number]) {
  return { name, release, indexes, rows: rows.map(unpackRow) };
}

/** The fields of a row in their order: there may be a hundred thousand. */
type PackedRow = readonly [string, string, number, string, string, number, number | null];

function packRow(row: PackageRow): PackedRow {
  const { name, version, older, synopsis, architectures, size, added } = row;
  return [name, version, older, synopsis, architectures, size, added ?? null];
}

function unpackRow([name, version, older, synopsis, architectures, size, added]: PackedRow): PackageRow {
  const row = { name, version, older, synopsis, architectures, size };
  return added === null ? row : { ...row, added };
}

const ROW_TYPES = ["string", "string", "number", "string", "string", "number"];

/** A schema of its parts would take many times longer. */
function isPackedRow(value: unknown): value is PackedRow {
  if (!Array.isArray(value) || value.length !== ROW_TYPES.length + 1) return false;
  const added: unknown = value[ROW_TYPES.length];
  return (
    ROW_TYPES.every((type, place) => typeof value[place] === type) &&
    (added === null || typeof added === "number")
  );
}

const SCHEMA = z.object({
  format: z.literal(2),
  form: z.string(),
  files: z.record(z.string().regex(/^(?:index\.html|(?:browse|page)\/[\w./-]+)$/), z.string()),
  suites: z.array(
    z.object({
      name: z.string(),
      release: z.string(),
      indexes: z.record(z.string(), z.string()),
      rows: z.custom<readonly PackedRow[]>((value) => Array.isArray(value) && value.every(isPackedRow)),
    }),
  ),
});
