import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import type { Row } from "./measure.ts";

/** What one call has measured, written to results/<suite>.json. */
export interface SuiteResults {
  /** `tiny`, `web`, …, `start`, `growth`, `repository`. */
  readonly suite: string;
  readonly title: string;
  readonly machine: Machine;
  /** The call that makes these figures again. */
  readonly command: string;
  /** Facts of what was measured: files, bytes, distributions. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly rows: readonly Row[];
  /** For growth: rows by the number that grows. */
  readonly series?: readonly Series[];
}

export interface Series {
  readonly name: string;
  /** What grows: `files`, `MB`, `distributions`. */
  readonly unit: string;
  readonly points: readonly { readonly at: number; readonly row: Row }[];
}

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Of one minute, when the run began: above the number of cores nothing of this is to be trusted. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** The machine as it is now, with the versions of what takes part. */
export function describeMachine(versions: Readonly<Record<string, readonly string[]>>): Machine {
  const release = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  return {
    date: new Date().toISOString().slice(0, 16),
    processor: cpus()[0]?.model ?? "",
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: release,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    versions: Object.fromEntries(
      Object.entries(versions).map(([name, command]) => [name, versionOf(command)] as const),
    ),
  };
}

function versionOf([file = "", ...args]: readonly string[]): string {
  try {
    const said = execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return /\d+(?:\.\d+)+\S*/.exec(said)?.[0] ?? said.trim().slice(0, 40);
  } catch {
    return "not here";
  }
}
