import { VenvdebError } from "../errors.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { MaintainerScriptName, OwnScriptName } from "../plan/system-types.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * The user's own maintainer scripts, one block among ours: a function called in a subshell with all arguments, so
 * that neither `exit` nor a variable reaches ours. `set -e` is on for the forms of call that may fail.
 * @throws VenvdebError SYSTEM_SCRIPT_SHELL for a `#!` line of another shell
 */
export function contributeOwnScripts(plan: PackagePlan): SystemPart {
  const fragments: Partial<Record<MaintainerScriptName, Fragment[]>> = {};
  for (const name of SCRIPT_NAMES) {
    const text = plan.scripts[name];
    if (text !== undefined && text.trim() !== "") fragments[name] = [frameScript(name, text)];
  }
  return { entries: [], fragments };
}

export const SCRIPT_NAMES = [
  "preinst",
  "postinst",
  "prerm",
  "postrm",
] as const satisfies MaintainerScriptName[];

function frameScript(name: MaintainerScriptName, text: string): Fragment {
  return {
    origin: `the package's own ${name} ([tool.venvdeb.scripts])`,
    text: renderTemplate("maintainer-scripts/own-script.sh.liquid", { text: ownScriptLines(name, text) }),
  };
}

/** The lines of a project's own script, as they go into one of ours. @throws VenvdebError SYSTEM_SCRIPT_SHELL */
export function ownScriptLines(name: OwnScriptName, text: string): string {
  validateShell(name, text);
  return text.replaceAll("\r\n", "\n").replace(/^#!.*\n/, "");
}

function validateShell(name: OwnScriptName, text: string): void {
  const [first = ""] = text.split(/\r?\n/, 1);
  if (text.includes("\0")) throw badShell(name, "it holds a NUL");
  if (first.startsWith("#!") && !POSIX_SHELL.test(first))
    throw badShell(name, `it begins with "${first.slice(0, 80)}"`);
}

const POSIX_SHELL = /^#!\s*(?:\/usr)?\/bin\/(?:env\s+)?(?:sh|dash)(?:\s+-[eux]+)*\s*$/;

function badShell(name: string, problem: string): VenvdebError {
  return new VenvdebError(
    "SYSTEM_SCRIPT_SHELL",
    `Cannot merge your ${name} into the package's: ${problem} (wanted: POSIX sh, which dpkg runs in every chroot)`,
    {
      hint: `write it for #!/bin/sh, or ship the program with [tool.venvdeb.files] and call it from ${name}`,
      exitCode: 2,
    },
  );
}
