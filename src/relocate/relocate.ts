import { join } from "node:path";
import { readFileSync, realpath } from "../effects/fs.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { relocateActivate } from "./activate.ts";
import { cleanDistInfo } from "./dist-info.ts";
import type { Edits, Move } from "./edits.ts";
import { listFiles } from "./files.ts";
import { relocateLinks } from "./links.ts";
import { refuseOutsidePaths } from "./pth.ts";
import { writePyvenvCfg } from "./pyvenv-cfg.ts";
import { recordHash, type RecordRow } from "./record.ts";
import { readRecords, sitePackages, writeRecord, type InstalledRecord } from "./records.ts";
import { refuseRunPaths } from "./rpath.ts";
import { relocateShebangs } from "./shebang.ts";
import { relocateText, type Replacement } from "./text.ts";

export interface RelocateOptions {
  /** Folders of source builds that may stand in what was built, and what to write instead. */
  readonly replacements?: readonly Replacement[];
  /** Files to look for them in, relative to the environment: those of distributions built here. */
  readonly built?: readonly string[];
}

/**
 * Makes an environment that was put together at `environmentRoot` right for `finalPath`: every file that knows its
 * place is rewritten (never in place: installers link from their caches) and RECORD follows. What can't be made right
 * is refused.
 * @throws VenvdebError RELOCATE_SHEBANG_TOO_LONG, RELOCATE_SHEBANG_SPACE, RELOCATE_LINK, RELOCATE_PTH, RELOCATE_EDITABLE, RELOCATE_RPATH
 */
export async function relocate(
  environmentRoot: string,
  finalPath: string,
  interpreter: InterpreterFacts,
  options: RelocateOptions = {},
): Promise<void> {
  const move = await describeMove(environmentRoot, finalPath, interpreter);
  const edits: Edits = { changed: new Set(), removed: new Set() };
  const files = listFiles(move.environment);
  refuseOutsidePaths(move, sitePackages(interpreter), files);
  await relocateLinks(move, interpreter, files, edits);
  await relocateShebangs(move, edits);
  await relocateActivate(move, edits);
  await writePyvenvCfg(move, interpreter);
  const replacements = [...ownReplacements(move), ...(options.replacements ?? [])];
  refuseRunPaths(move, options.built ?? [], replacements);
  await relocateText(move, options.built ?? [], replacements, edits);
  for (const record of readRecords(move.environment, interpreter)) {
    await cleanDistInfo(move, record, edits);
    await writeRecord(move.environment, updateRecord(move, record, edits));
  }
}

async function describeMove(root: string, finalPath: string, { minor }: InterpreterFacts): Promise<Move> {
  const real = await realpath(root);
  return { environment: root, finalPath, aliases: real === root ? [] : [real], python: `python${minor}` };
}

function ownReplacements({ environment, aliases, finalPath }: Move): Replacement[] {
  return [environment, ...aliases].map((from) => ({ from, to: finalPath }));
}

function updateRecord(
  { environment }: Move,
  { distInfo, rows }: InstalledRecord,
  edits: Edits,
): InstalledRecord {
  const installer = `${distInfo}/INSTALLER`;
  const listed = rows.some(({ path }) => path === installer)
    ? rows
    : [...rows, { path: installer, hash: "", size: "" }];
  const kept = listed.filter(({ path }) => !edits.removed.has(path));
  return {
    distInfo,
    rows: kept.map((row) => (edits.changed.has(row.path) ? freshRow(environment, row.path) : row)),
  };
}

function freshRow(environment: string, path: string): RecordRow {
  const bytes = readFileSync(join(environment, path));
  return { path, hash: recordHash(bytes), size: String(bytes.length) };
}
