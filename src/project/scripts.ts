import { resolve } from "node:path";
import { VenvdebError } from "../errors.ts";
import type { ScriptConfig } from "../config/types.ts";
import { readFile } from "../effects/fs.ts";
import type { OwnScriptName } from "../plan/system-types.ts";

/**
 * The text of the user's own maintainer scripts, and of the hook of upgrades.
 * @throws VenvdebError PROJECT_SCRIPT_MISSING
 */
export async function readScripts(
  scripts: Readonly<Partial<Record<OwnScriptName, ScriptConfig>>>,
  directory: string,
): Promise<Partial<Record<OwnScriptName, string>>> {
  const texts: Partial<Record<OwnScriptName, string>> = {};
  for (const name of ["preinst", "postinst", "prerm", "postrm", "migrate"] as const) {
    const script = scripts[name];
    if (script !== undefined)
      texts[name] = script.kind === "inline" ? script.text : await readScript(name, script.path, directory);
  }
  return texts;
}

async function readScript(name: OwnScriptName, path: string, directory: string): Promise<string> {
  try {
    return await readFile(resolve(directory, path), "utf8");
  } catch (cause) {
    throw new VenvdebError(
      "PROJECT_SCRIPT_MISSING",
      `Cannot read "${path}": it is not there (scripts.${name} names it)`,
      {
        hint: `change scripts.${name} to a path relative to ${directory}, or to the script's text itself`,
        cause,
      },
    );
  }
}
