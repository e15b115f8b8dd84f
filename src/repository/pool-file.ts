import { createHash } from "node:crypto";
import { VenvdebError } from "../errors.ts";
import type { AdmittedPackage } from "./admission/types.ts";
import { readRecord, writeRecord } from "./package-record.ts";
import type { Storage } from "./storage/types.ts";

/**
 * Puts a package's file into the pool, and its record beside it. Never replaces bytes: a client may have an index that
 * names their hash. Safe to run again, and by several publishers at once.
 * @throws VenvdebError REPO_VERSION_CONFLICT when other bytes are there
 */
export async function placeInPool(
  storage: Storage,
  path: string,
  admitted: AdmittedPackage,
): Promise<"placed" | "there"> {
  const { file } = admitted;
  const outcome = await storage.create(path, { file });
  if (outcome === "exists" && (await isRecorded(storage, path, admitted))) return "there";
  if (outcome === "exists") await compareBytes(storage, path, admitted);
  await writeRecord(storage, admitted, { path, added: await storage.now() });
  return outcome === "created" ? "placed" : "there";
}

/** Whether these bytes were placed here before, and all that is known of them is kept: so they need not be read. */
async function isRecorded(storage: Storage, path: string, admitted: AdmittedPackage): Promise<boolean> {
  const record = await readRecord(storage, admitted.sha256);
  if (record?.path !== path || Object.keys(admitted.details).some((key) => !(key in record))) return false;
  return (await storage.stat(path))?.size === admitted.size;
}

async function compareBytes(storage: Storage, path: string, admitted: AdmittedPackage): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of storage.stream(path)) hash.update(chunk);
  const there = hash.digest("hex");
  if (there === admitted.sha256) return;
  const { file, name, version, architecture, sha256 } = admitted;
  throw new VenvdebError(
    "REPO_VERSION_CONFLICT",
    `Cannot add "${file}": the repository has ${name} ${version} (${architecture}) with other bytes: SHA-256 ${there} in "${path}", ${sha256} in the file (wanted: the same bytes, or another version)`,
    { hint: "give the new build a version of its own: its machines would not notice the change" },
  );
}
