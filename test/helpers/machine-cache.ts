import { join, resolve } from "node:path";
import { sweepDeadRuns as sweep } from "../../src/rehearse/machine/run-folder.ts";
import { cachedTree as treeOf, type TreeDescription } from "../../src/rehearse/machine/tree.ts";

/** Where the tests' trees and running machines live: `VENVDEB_TEST_CACHE`, else `.cache/machines` of the repository. */
export function machineCache(): string {
  return resolve(process.env["VENVDEB_TEST_CACHE"] ?? join(import.meta.dirname, "../../.cache/machines"));
}

/** The folder of a pristine root file system: see src/rehearse/machine/tree.ts. */
export async function cachedTree(description: TreeDescription): Promise<string> {
  return treeOf(description, machineCache());
}

/** Removes the machines of test runs that were killed before they could do so themselves. */
export async function sweepDeadRuns(): Promise<void> {
  return sweep(machineCache());
}
