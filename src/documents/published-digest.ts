import type { InstalledDistribution } from "../environment/types.ts";

/**
 * The SHA-256 that a reader can compare with what is published. The project's own wheel is made anew for each build:
 * nobody else has it, and its bytes tell the builder's umask.
 */
export function publishedDigest({ origin, sha256 }: InstalledDistribution): string | undefined {
  return origin === "project" ? undefined : sha256;
}
