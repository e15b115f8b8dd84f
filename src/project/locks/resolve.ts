import { VenvdebError } from "../../errors.ts";
import type { LockedDistribution } from "../../plan/types.ts";
import { parseRequirementsTxt } from "../requirements-txt.ts";
import type { Project } from "../types.ts";
import { exportForeignLock } from "./foreign.ts";
import { resolvePylock } from "./pylock.ts";
import { lockedFromRequirementsTxt } from "./requirements-lock.ts";
import type { LockOptions } from "./types.ts";
import { resolveUvLock } from "./uv-lock.ts";

export { lockedFromRequirementsTxt } from "./requirements-lock.ts";

/**
 * What the project's lock says is installed on a target, sorted by name, without the project itself. Without a lock
 * file, a requirements.txt that pins everything with hashes is the lock.
 * @throws VenvdebError LOCK_MISSING when the project has neither; those of the reader of its lock
 */
export async function resolveLock(
  project: Project,
  options: LockOptions,
): Promise<readonly LockedDistribution[]> {
  const { lock, requirementsFile } = project;
  if (lock?.kind === "uv.lock") return resolveUvLock(lock.file, project, options);
  if (lock?.kind === "pylock.toml") return resolvePylock(lock.file, project, options);
  if (lock) return exportForeignLock(lock, project, options);
  if (requirementsFile === undefined) throw missingLock(project);
  const parsed = await parseRequirementsTxt(requirementsFile, { projectDirectory: project.directory });
  return lockedFromRequirementsTxt(parsed, options.target);
}

function missingLock(project: Project): VenvdebError {
  return new VenvdebError("LOCK_MISSING", `Cannot find a lock in "${project.directory}"`, {
    hint: "uv lock",
  });
}
