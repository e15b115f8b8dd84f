import { join, posix } from "node:path";
import { lstatSync, replaceFile, rm } from "../effects/fs.ts";
import type { Edits, Move } from "./edits.ts";
import { refuseEditable } from "./pth.ts";
import type { InstalledRecord } from "./records.ts";

/**
 * Takes out of a `.dist-info` what tells of this build and not of the distribution: where it came from on this
 * machine (PEP 610), uv's notes with times of source files, pip's mark of what was asked for. INSTALLER names this
 * tool, so that the result is the same whichever installer did the work (PEP 376).
 * @throws VenvdebError RELOCATE_EDITABLE
 */
export async function cleanDistInfo(move: Move, { distInfo }: InstalledRecord, edits: Edits): Promise<void> {
  for (const name of ["direct_url.json", "uv_cache.json", "uv_build.json", "REQUESTED"]) {
    const path = posix.join(distInfo, name);
    if (!lstatSync(join(move.environment, path), { throwIfNoEntry: false })) continue;
    if (name === "direct_url.json") refuseEditable(move, path);
    await rm(join(move.environment, path));
    edits.removed.add(path);
  }
  const installer = posix.join(distInfo, "INSTALLER");
  await replaceFile(join(move.environment, installer), "venvdeb\n", 0o644);
  edits.changed.add(installer);
}
