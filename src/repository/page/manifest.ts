import { z } from "zod";
import type { Storage } from "../storage/types.ts";

/** What the site was made of when it was last written. A cache: its loss costs writing all pages again. */
export interface PageManifest {
  readonly format: 1;
  /** Path of each file to the key of its text. */
  readonly pages: Readonly<Record<string, string>>;
  /** When packages came, ISO 8601, by SHA-256. */
  readonly added: Readonly<Record<string, string>>;
}

const MANIFEST_PATH = "venvdeb/pages.json";

/** The manifest; an empty one when there is none, or none that can be used. */
export async function readManifest(
  storage: Storage,
): Promise<PageManifest & { readonly version: string | undefined }> {
  const stored = await storage.read(MANIFEST_PATH);
  const result = SCHEMA.safeParse(stored && parseJson(stored.bytes.toString()));
  const manifest = result.success ? result.data : { format: 1 as const, pages: {}, added: {} };
  return { ...manifest, version: stored?.version };
}

/** Replaces it, so that in a folder the pages are durable before; when somebody else has, all the same. */
export async function writeManifest(
  storage: Storage,
  manifest: PageManifest,
  version: string | undefined,
): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const outcome = await storage.replace(MANIFEST_PATH, bytes, version);
  if (outcome === "conflict") await storage.write(MANIFEST_PATH, bytes);
}

const SCHEMA = z.object({
  format: z.literal(1),
  pages: z.record(z.string().regex(/^(?:index\.html|(?:packages|browse|page)\/[\w./-]+)$/), z.string()),
  added: z.record(z.string(), z.iso.datetime()),
}) satisfies z.ZodType<PageManifest>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
