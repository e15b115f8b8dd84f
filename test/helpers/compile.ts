import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Set-up of the unit tests: compiles the program when its sources are newer, for the tests that run it as a child.
 * Errors of types are `npm run check`'s to report: the compiler writes its output all the same.
 */
export function setup(): void {
  const compiled = statSync(join(ROOT, "dist/bundle/cli.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (compiled > newest(join(ROOT, "src"))) return;
  spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], { cwd: ROOT });
  spawnSync(process.execPath, ["scripts/bundle.js"], { cwd: ROOT });
}

function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(...times);
}
