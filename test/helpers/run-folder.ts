import { join } from "node:path";
import { inject } from "vitest";

/** The repository's own folder. */
export const repository = join(import.meta.dirname, "../..");

/** The folder that this run's test files share: packages are built once and used by many. */
export function runFolder(): string {
  return inject("runFolder");
}
