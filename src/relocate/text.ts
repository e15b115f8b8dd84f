import { join } from "node:path";
import { readFileSync, replaceFile } from "../effects/fs.ts";
import type { Edits, Move } from "./edits.ts";

export interface Replacement {
  /** Absolute path of this machine. */
  readonly from: string;
  readonly to: string;
}

/**
 * Puts final paths in the place of build folders in text files that were made here (a generated `__config__.py` that
 * names the compiler's environment, say). Binary files are left to the audit.
 * @param files relative to the environment
 */
export async function relocateText(
  move: Move,
  files: readonly string[],
  replacements: readonly Replacement[],
  edits: Edits,
): Promise<void> {
  const longestFirst = replacements.toSorted((a, b) => b.from.length - a.from.length);
  const needles = longestFirst.map(({ from }) => Buffer.from(from));
  for (const path of files) {
    const bytes = readBytes(join(move.environment, path));
    if (!bytes || !needles.some((needle) => bytes.includes(needle)) || bytes.includes(0)) continue;
    const text = longestFirst.reduce(
      (result, { from, to }) => result.replaceAll(bytewise(from), bytewise(to)),
      bytes.toString("latin1"),
    );
    await replaceFile(join(move.environment, path), Buffer.from(text, "latin1"));
    edits.changed.add(path);
  }
}

/** One character a byte, so that files of any encoding come through. */
function bytewise(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
