import { dirname, resolve } from "node:path";
import { invalidSettings } from "../../config/invalid-settings.ts";
import { validateBy } from "../../config/problems.ts";
import { readFile } from "../../effects/fs.ts";
import { messageOf, VenvdebError } from "../../errors.ts";
import { parseToml } from "../../toml.ts";
import { normalizeFleet } from "./normalize.ts";
import { fleetSchema } from "./schema.ts";
import type { Fleet } from "./types.ts";

/**
 * Reads a fleet file; paths in it are relative to its folder.
 * @throws VenvdebError SYNC_NO_FLEET, CONFIG_INVALID with every mistake at once
 */
export async function readFleet(path: string, cwd: string): Promise<Fleet> {
  const file = resolve(cwd, path);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new VenvdebError(
      "SYNC_NO_FLEET",
      `Cannot read the fleet file "${path}": ${messageOf(cause)} (wanted: a file of TOML)`,
      { cause, exitCode: 2, hint: "venvdeb init --fleet fleet.toml writes one to begin with" },
    );
  });
  const checked = validateBy(fleetSchema, parseToml(bytes, file, "CONFIG_INVALID"));
  const found = { file, bytes, base: [] };
  if ("problems" in checked) throw invalidSettings(found, checked.problems, HINT);
  const normalized = normalizeFleet(checked.settings, { file, folder: dirname(file) });
  if ("problems" in normalized) throw invalidSettings(found, normalized.problems, HINT);
  return normalized.fleet;
}

const HINT = "docs/fleet.md lists every setting of a fleet file";
