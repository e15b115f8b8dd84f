import { join } from "node:path";
import { lstatSync } from "../effects/fs.ts";
import { readElf } from "../dependencies/read-elf.ts";
import { VenvdebError } from "../errors.ts";
import type { Move } from "./edits.ts";
import type { Replacement } from "./text.ts";

/**
 * Refuses objects built here whose RPATH or RUNPATH leads into a build folder (ld.so(8)): they would find their
 * libraries on this machine only.
 * @param files relative to the environment
 * @throws VenvdebError RELOCATE_RPATH, DEPENDS_BAD_ELF
 */
export function refuseRunPaths(move: Move, files: readonly string[], folders: readonly Replacement[]): void {
  for (const path of files) {
    if (!/\.so(?:\.\d+)*$/.test(path) && !path.startsWith("bin/")) continue;
    const full = join(move.environment, path);
    if (!lstatSync(full, { throwIfNoEntry: false })?.isFile()) continue;
    const runPaths = readElf(full, (object) => (object ? [...object.rpath, ...object.runpath] : []));
    const bad = runPaths.find((one) => folders.some(({ from }) => one.startsWith(from)));
    if (bad !== undefined)
      throw new VenvdebError(
        "RELOCATE_RPATH",
        `Cannot package "${path}": it looks for libraries in ${bad} (wanted: a path from $ORIGIN, or none)`,
        { hint: "build it with an $ORIGIN run path, for instance LDFLAGS='-Wl,-rpath,$ORIGIN'" },
      );
  }
}
