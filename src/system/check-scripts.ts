import { exec } from "../effects/exec.ts";
import { VenvdebError } from "../errors.ts";
import type { PackagePlan } from "../plan/types.ts";
import { SCRIPT_NAMES } from "./own-scripts.ts";
import type { SystemFiles } from "./types.ts";

/**
 * Lets the shell read every maintainer script without running it: the user's own text first, so that a mistake in
 * it is told from one that appears only when it is merged (a here-document or a quote left open).
 * @throws VenvdebError SYSTEM_SCRIPT_SYNTAX, TOOL_MISSING
 */
export async function checkMaintainerScripts(plan: PackagePlan, system: SystemFiles): Promise<void> {
  for (const name of SCRIPT_NAMES) {
    const own = plan.scripts[name];
    if (own === undefined) continue;
    await checkSyntax(name, own);
    const merged = system.controlFiles.find((file) => file.name === name);
    if (merged !== undefined) await checkSyntax(name, Buffer.from(merged.content).toString());
  }
}

async function checkSyntax(name: string, text: string): Promise<void> {
  const { exitCode, stderr } = await exec("sh", ["-n"], { input: text, env: { LC_ALL: "C" } });
  if (exitCode === 0) return;
  throw new VenvdebError(
    "SYSTEM_SCRIPT_SYNTAX",
    `Cannot merge your ${name} into the package's: the shell does not read it: ${stderr.trim().slice(0, 500)}`,
    { hint: `try: sh -n on the ${name} of [tool.venvdeb.scripts]`, exitCode: 2 },
  );
}
