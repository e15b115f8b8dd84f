import { join, posix } from "node:path";
import { readFileSync } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { Move } from "./edits.ts";

/**
 * Refuses what makes Python look for modules outside of the environment: `.pth` lines with such paths (module
 * `site`), editable installs in each of their forms.
 * @param site `lib/python3.11/site-packages`
 * @throws VenvdebError RELOCATE_PTH, RELOCATE_EDITABLE
 */
export function refuseOutsidePaths(move: Move, site: string, files: readonly string[]): void {
  for (const path of files) {
    if (posix.dirname(path) !== site) continue;
    if (isEditable(path)) throw editable(path);
    if (path.endsWith(".pth")) checkLines(move, site, path);
  }
}

/** PEP 610: an editable install says so in direct_url.json. @throws VenvdebError RELOCATE_EDITABLE */
export function refuseEditable(move: Move, path: string): void {
  const text = readFileSync(join(move.environment, path), "utf8");
  if (/"editable"\s*:\s*true/.test(text)) throw editable(path);
}

function isEditable(path: string): boolean {
  return path.endsWith(".egg-link") || posix.basename(path).startsWith("__editable__");
}

function checkLines(move: Move, site: string, path: string): void {
  for (const line of readFileSync(join(move.environment, path), "utf8").split(/\r?\n/)) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (/^import[ \t]/.test(line)) {
      if ([move.environment, ...move.aliases].some((root) => text.includes(root))) throw outside(path, text);
    } else if (text.startsWith("/") || posix.join(site, text).startsWith("..")) throw outside(path, text);
  }
}

function outside(path: string, line: string): VenvdebError {
  return new VenvdebError(
    "RELOCATE_PTH",
    `Cannot package "${path}": its line "${line}" names a place outside of the environment (wanted: relative paths inside)`,
    { hint: "install the code that it points to as a distribution of its own" },
  );
}

function editable(path: string): VenvdebError {
  return new VenvdebError(
    "RELOCATE_EDITABLE",
    `Cannot package "${path}": it is an editable install, which points to a source folder of this machine`,
    { hint: "install the project itself instead of -e" },
  );
}
