import { createHash } from "node:crypto";
import { join } from "node:path";
import { withFileLock } from "../effects/file-lock.ts";
import { mkdir } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { Address } from "./address.ts";
import { LIMITS } from "./limits.ts";

/** The folder that keeps what was fetched of one address: named without the user and password, which may change. */
export function mirrorFolder(cacheDirectory: string, { kind, shown }: Address): string {
  const digest = createHash("sha256").update(`${kind}\0${shown}`).digest("hex").slice(0, 32);
  return join(cacheDirectory, "vcs", digest);
}

/**
 * Lets one process at a time change a mirror. Reading needs no lock: fetching only adds to what is there.
 * @throws VenvdebError VCS_LOCKED, and what `run` throws
 */
export async function withMirrorLock<T>(folder: string, run: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const failure = (why: string, said: string) =>
    new VenvdebError(
      "VCS_LOCKED",
      why === "taken"
        ? `Cannot fetch into "${folder}": another process has done so for ${LIMITS.lockSeconds} seconds`
        : `Cannot fetch into "${folder}": ${said}`,
    );
  return await withFileLock(join(folder, "lock"), { seconds: LIMITS.lockSeconds, failure }, run);
}

/** Whether a failed fetch may be the fault of our mirror. */
export function isDamage(error: unknown): boolean {
  return error instanceof VenvdebError && (error.code === "VCS_UNREACHABLE" || error.code === "VCS_FAILED");
}
