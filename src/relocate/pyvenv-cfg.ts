import { dirname, join } from "node:path";
import { replaceFile } from "../effects/fs.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import type { Move } from "./edits.ts";

/**
 * Writes `pyvenv.cfg` anew (PEP 405) with what the interpreter reads and what tools ask for. How and where the
 * environment was made is nobody's business.
 */
export async function writePyvenvCfg({ environment }: Move, interpreter: InterpreterFacts): Promise<void> {
  const lines = [
    `home = ${dirname(interpreter.path)}`,
    "include-system-site-packages = false",
    `version = ${interpreter.full}`,
  ];
  await replaceFile(join(environment, "pyvenv.cfg"), lines.map((line) => `${line}\n`).join(""), 0o644);
}
