import { join, posix } from "node:path";
import { readdirSync, readFileSync, replaceFile } from "../effects/fs.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { parseRecord, renderRecord, type RecordRow } from "./record.ts";

/** The RECORD of one installed distribution, with paths relative to the environment. */
export interface InstalledRecord {
  /** `lib/python3.11/site-packages/flask-3.1.0.dist-info` */
  readonly distInfo: string;
  readonly rows: readonly RecordRow[];
}

/** `lib/python3.11/site-packages` */
export function sitePackages({ minor }: Pick<InterpreterFacts, "minor">): string {
  return `lib/python${minor}/site-packages`;
}

/**
 * Every distribution of an environment, sorted by its folder. A path of RECORD that leads out of the environment
 * stays as it is written, with its `..`, for whoever refuses it.
 */
export function readRecords(environment: string, interpreter: InterpreterFacts): InstalledRecord[] {
  const site = sitePackages(interpreter);
  return readdirSync(join(environment, site))
    .filter((name) => name.endsWith(".dist-info"))
    .toSorted()
    .map((name) => readRecord(environment, site, name));
}

function readRecord(environment: string, site: string, name: string): InstalledRecord {
  const distInfo = posix.join(site, name);
  const text = readText(join(environment, distInfo, "RECORD"));
  const rows = parseRecord(text).map(({ path, hash, size }) => ({ path: fromSite(site, path), hash, size }));
  return { distInfo, rows };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function fromSite(site: string, path: string): string {
  return path.startsWith("/") ? path : posix.join(site, path);
}

/** Writes RECORD anew, in the order of paths. */
export async function writeRecord(environment: string, { distInfo, rows }: InstalledRecord): Promise<void> {
  const site = posix.dirname(distInfo);
  const relative = rows.map(({ path, hash, size }) => ({ path: posix.relative(site, path), hash, size }));
  await replaceFile(join(environment, distInfo, "RECORD"), renderRecord(relative), 0o644);
}
