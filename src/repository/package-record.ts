import { z } from "zod";
import type { AdmittedPackage } from "./admission/types.ts";
import type { Storage } from "./storage/types.ts";
import type { PackageRecord } from "./types.ts";

/** Where the record of a package is. */
export function recordPath(sha256: string): string {
  return `venvdeb/packages/${sha256}.json`;
}

/** The record of a package; nothing when there is none, or none that can be used. */
export async function readRecord(storage: Storage, sha256: string): Promise<PackageRecord | undefined> {
  const object = await storage.read(recordPath(sha256));
  const record = object && parseRecord(object.bytes.toString());
  return record?.sha256 === sha256 ? record : undefined;
}

/**
 * Writes what is known of a package, its SBOM as a file of its own. A record that is there stays, but for what it
 * lacks and the package has now.
 */
export async function writeRecord(
  storage: Storage,
  admitted: AdmittedPackage,
  placed: { readonly path: string; readonly added: Date },
): Promise<PackageRecord> {
  const { sha256, size, name, version, architecture } = admitted;
  const details = await storeDetails(storage, admitted);
  const added = placed.added.toISOString();
  const fresh = {
    format: 1,
    sha256,
    size,
    name,
    version,
    architecture,
    path: placed.path,
    added,
    ...details,
  } as const;
  if ((await storage.create(recordPath(sha256), render(fresh))) === "created") return fresh;
  const former = await readRecord(storage, sha256);
  const merged = former === undefined ? fresh : { ...details, ...former };
  if (former === undefined || Object.keys(merged).length > Object.keys(former).length)
    await storage.write(recordPath(sha256), render(merged));
  return merged;
}

const SCHEMA = z.object({
  format: z.literal(1),
  sha256: z.string(),
  size: z.number(),
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  path: z.string(),
  added: z.iso.datetime(),
  changelog: z.string().exactOptional(),
  sbom: z.string().exactOptional(),
  files: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<PackageRecord>;

/** Nothing for a damaged one: what is in it can be read from the package again. */
function parseRecord(text: string): PackageRecord | undefined {
  try {
    return SCHEMA.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function render(record: PackageRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

async function storeDetails(
  storage: Storage,
  { sha256, details }: AdmittedPackage,
): Promise<Pick<PackageRecord, "changelog" | "sbom" | "files">> {
  const { sbom: document, ...others } = details;
  if (document === undefined) return others;
  if (document === "") return { ...others, sbom: "" };
  const sbom = `venvdeb/packages/${sha256}.cdx.json`;
  await storage.create(sbom, Buffer.from(document));
  return { ...others, sbom };
}
