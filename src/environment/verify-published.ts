import { join } from "node:path";
import { readFile } from "../effects/fs.ts";
import { parseRecord, rowIsTrue, type RecordRow } from "../relocate/record.ts";
import type { Installer } from "./installers/types.ts";
import type { VerifiedDistribution } from "./verify.ts";
import { isOutside, recordMismatch } from "./wheel-file.ts";

/**
 * Holds the RECORD that each wheel itself had against what is installed: names that the installer passed over, and
 * scripts, whose digest it wrote anew with their first line. Only for installers that keep wheels as they came.
 * @throws VenvdebError INSTALL_RECORD_MISMATCH
 */
export async function verifyPublished(
  environment: string,
  distributions: readonly VerifiedDistribution[],
  installer: Installer,
): Promise<void> {
  for (const distribution of distributions) {
    const folder = await installer.findUnpackedWheel(environment, distribution.distInfo);
    if (folder !== undefined) await verifyDistribution(distribution, folder);
  }
}

async function verifyDistribution(
  { name, version, distInfo, rows }: VerifiedDistribution,
  folder: string,
): Promise<void> {
  const [, site = "", base = ""] = /^(.*\/)([^/]+)$/.exec(distInfo) ?? [];
  const record = parseRecord(await readFile(join(folder, base, "RECORD"), "utf8"));
  const installed = new Map(rows.map((row) => [row.path, row]));
  const title = `${name} ${version}`;
  for (const row of record) {
    if (isOutside(row.path))
      throw recordMismatch(title, row.path, "its RECORD names a file outside of the environment");
    const problem = /^[^/]+\.data\//.test(row.path)
      ? await findDataProblem(row, folder)
      : findProblem(row, installed.get(`${site}${row.path}`));
    if (problem !== undefined) throw recordMismatch(title, row.path, problem);
  }
}

/** Installed under another name; the wheel's own file is what counts. */
async function findDataProblem(row: RecordRow, folder: string): Promise<string | undefined> {
  if (row.path.endsWith("/")) return undefined;
  const bytes = await readFile(join(folder, row.path)).catch(() => undefined);
  if (bytes === undefined) return "it lacks a file of its RECORD";
  return rowIsTrue(row, bytes) ? undefined : "its bytes are not those of its RECORD";
}

function findProblem(row: RecordRow, installed: RecordRow | undefined): string | undefined {
  if (row.path.endsWith("/") || row.path.endsWith(".pyc")) return undefined;
  if (!installed) return "it lacks a file of its RECORD";
  const isSame = row.hash === "" || installed.hash === row.hash.replace(/=+$/, "");
  return isSame ? undefined : "its bytes are not those of its RECORD";
}
