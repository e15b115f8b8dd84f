import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import { readPrevious } from "../../src/versions/previous.ts";
import { recordingReporter } from "./recording-reporter.ts";
import { writeSystemDeb } from "./system-deb.ts";
import { helloPlan } from "./system-plans.ts";

/** What one version ships beside nothing, and the renames that its settings declare. */
export interface ChainVersion {
  readonly entries: readonly PackageEntry[];
  readonly renames?: Readonly<Record<string, string>>;
}

/** Packages 1.0.0, 2.0.0, … of these, each built with the one before it as `--previous`. */
export async function writeChain(versions: readonly ChainVersion[]): Promise<string[]> {
  const debs: string[] = [];
  for (const [index, { entries, renames = {} }] of versions.entries()) {
    const folder = mkdtempSync(join(tmpdir(), "venvdeb-chain-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const plan = helloPlan({ version: `${index + 1}.0.0`, renames });
    const before = debs.at(-1);
    const previous =
      before === undefined ? {} : { previous: await readPrevious(before, plan.package, recordingReporter()) };
    debs.push(await writeSystemDeb({ ...plan, ...previous }, folder, entries));
  }
  return debs;
}
