import type { Host } from "../../effects/host.ts";
import { VenvdebError } from "../../errors.ts";
import type { PackagePlan } from "../../plan/types.ts";
import type { Reporter } from "../../reporter.ts";
import { pipCommands } from "../pip-command.ts";
import { findUv } from "../uv.ts";
import { pipInstaller } from "./pip.ts";
import type { Installer, InstallerContext } from "./types.ts";
import { uvInstaller } from "./uv.ts";

/**
 * uv unless pip is asked for; pip where uv can't be had and nobody insisted on it.
 * @throws VenvdebError TOOL_UV_MISSING, TOOL_PIP_MISSING
 */
export async function chooseInstaller(
  plan: Pick<PackagePlan, "installer" | "target" | "project">,
  host: Host,
  reporter: Reporter,
): Promise<Installer> {
  const interpreter = plan.target.python;
  const context = { host, reporter, interpreter, projectDirectory: plan.project.directory };
  if (plan.installer === "pip") return await choosePip(context);
  try {
    return await uvInstaller(await findUv(host, reporter), context);
  } catch (error) {
    if (plan.installer === "uv" || !(error instanceof VenvdebError) || error.code !== "TOOL_UV_MISSING")
      throw error;
    const pip = await choosePip(context).catch(() => undefined);
    if (!pip) throw error;
    reporter.info("uv can't be had: pip installs, which takes longer");
    return pip;
  }
}

/** `--python` came with 22.3, the report with 22.2. */
async function choosePip(context: InstallerContext): Promise<Installer> {
  for await (const pip of pipCommands(context.host, context.interpreter.path)) {
    const [major, minor] = pip.version;
    if (major > 22 || (major === 22 && minor >= 3)) return pipInstaller(pip, context);
  }
  throw new VenvdebError(
    "TOOL_PIP_MISSING",
    "Cannot run pip: there is none here (wanted: pip 22.3 or newer)",
    {
      hint: "apt-get install python3-pip",
    },
  );
}
