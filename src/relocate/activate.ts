import { join } from "node:path";
import { lstatSync, readdirSync, readFileSync, replaceFile } from "../effects/fs.ts";
import type { Edits, Move } from "./edits.ts";

/**
 * Puts the final path into the activation scripts of every shell. They differ by version of `venv` and by shell, so
 * each spelling of the present path is replaced: as a quoted word first, then bare.
 */
export async function relocateActivate(move: Move, edits: Edits): Promise<void> {
  for (const name of readdirSync(join(move.environment, "bin")).filter((one) => one.startsWith("activate"))) {
    const path = join(move.environment, "bin", name);
    if (!lstatSync(path).isFile()) continue;
    const before = readFileSync(path, "utf8");
    const after = replaceEverySpelling(before, move);
    if (after === before) continue;
    await replaceFile(path, after);
    edits.changed.add(`bin/${name}`);
  }
}

function replaceEverySpelling(text: string, { environment, aliases, finalPath }: Move): string {
  const spellings = [environment, ...aliases].flatMap((path) => [
    `'${path.replaceAll("'", `'"'"'`)}'`,
    `'${path.replaceAll("'", String.raw`'\''`)}'`,
    path,
  ]);
  const final = /^[\w@%+=:,./-]+$/.test(finalPath) ? finalPath : `'${finalPath}'`;
  return spellings.reduce((result, spelling) => result.replaceAll(spelling, final), text);
}
