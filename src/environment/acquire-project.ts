import { basename, join } from "node:path";
import { digestFiles, replacementsFor } from "./acquire.ts";
import type { KnownTools } from "./kept-tools.ts";
import { buildProjectWheel } from "./metadata.ts";
import type { Acquired, StepContext } from "./steps.ts";
import { readCheckedWheel } from "./wheel-file.ts";

/**
 * The project's own wheel, built once by its backend from a clean copy. It is no part of the lock, so nobody has a
 * digest of it but us.
 * @returns nothing for a project that is only requirements
 * @throws VenvdebError INSTALL_BUILD_FAILED, INSTALL_NOT_BUILDABLE
 */
export async function acquireProject(
  context: StepContext,
  { projectWheel: given, tools }: { readonly projectWheel?: string; readonly tools?: KnownTools },
): Promise<Acquired[]> {
  const { plan, host, installer, reporter } = context;
  const { directory, kind, name } = plan.project;
  if (kind === "none") return [];
  const scratch = given === undefined ? join(context.scratch, "project") : join(given, "../..");
  const build = {
    directory,
    scratch,
    installer,
    interpreter: plan.target.python,
    host,
    reporter,
    timestamp: plan.timestamp,
    ...(tools ? { tools } : {}),
  };
  const { path, further } =
    given === undefined ? await buildProjectWheel(build) : { path: given, further: [] };
  const { sha256 } = await readCheckedWheel(path);
  return [
    {
      wheel: { name, filename: basename(path), location: { path }, hash: `sha256:${sha256}` },
      version: plan.project.version,
      origin: "project",
      sha256,
      replacements: replacementsFor(scratch, plan.environmentPath, host.home),
      sourceFiles: digestFiles(directory),
      further,
    },
  ];
}
