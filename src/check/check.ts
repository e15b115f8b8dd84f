import { readDeb } from "../deb/read.ts";
import type { Host } from "../effects/host.ts";
import { runLintian } from "./lintian.ts";
import { RULES } from "./rules.ts";
import { scanPackage } from "./scan.ts";
import type { Finding } from "./types.ts";

export type { Finding } from "./types.ts";

export interface CheckOptions {
  readonly host: Host;
  /** Ask lintian too, where it is installed. */
  readonly lintian?: boolean;
}

/**
 * Looks for what is wrong in a finished package: Policy, checksums, leaks, bytecode. Reads it once, unpacks nothing.
 * @throws VenvdebError DEB_* when the archive can't be read at all.
 */
export async function checkPackage(path: string, options: CheckOptions): Promise<Finding[]> {
  const facts = await scanPackage(await readDeb(path), options.host);
  const findings: Finding[] = [];
  for (const rule of RULES) findings.push(...(await rule(facts, options.host)));
  if (options.lintian === true) findings.push(...(await runLintian(path)));
  return findings;
}
