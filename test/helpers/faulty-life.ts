import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dpkgLife, type DpkgLife, type DpkgRun } from "./dpkg-life.ts";
import type { FaultyPackages } from "./faulty-packages.ts";
import { snapshotTree } from "./tree-snapshot.ts";

export type Start = "empty" | "installed" | "upgraded" | "removed";

/** Roots by what has been done to them. */
export type ReadyRoots = Readonly<Record<Start, DpkgLife>>;

export type Attempt = DpkgRun & { readonly life: DpkgLife };

export function readyRoots({ old, current }: FaultyPackages): ReadyRoots {
  const empty = dpkgLife(["adduser", "cron", "debconf", "dpkg", "logrotate", "python3.11"]);
  const installed = after(empty, ["--install", old]);
  return {
    empty,
    installed,
    upgraded: after(installed, ["--install", current]),
    removed: after(installed, ["--remove", "hello"]),
  };
}

/** Runs dpkg on a copy, with an empty record of calls. */
export async function attempt(
  start: DpkgLife,
  args: readonly string[],
  faults: readonly string[] = [],
): Promise<Attempt> {
  const life = freshCopy(start);
  return { life, ...(await life.run(args, faults)) };
}

/** The same, at once. */
export function attemptSync(
  start: DpkgLife,
  args: readonly string[],
  faults: readonly string[] = [],
): Attempt {
  const life = freshCopy(start);
  return { life, ...life.dpkg(args, faults) };
}

/** What the packages' own scripts have written down: `1.0.0-1 prerm upgrade|2.0.0-1`. */
export function callsOf({ root }: DpkgLife): string[] {
  const path = join(root, "calls");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}

/** One name for each call, by which it is made to fail: `1.0.0-1.prerm.upgrade`. */
export function faultsOf(life: DpkgLife): string[] {
  return [...new Set(callsOf(life).map((call) => call.replace(/\|.*/, "").split(" ").join(".")))];
}

/** The package's state and every file but the records of dpkg and of the calls. */
export function describeLife(life: DpkgLife): readonly string[] {
  return [stateOf(life), ...filesOf(life)];
}

/** Of hello; dpkg may remember that it is not installed. */
export function stateOf(life: DpkgLife): string {
  return life.state("hello").replace(/^not-installed .*/, "");
}

/** Equal for two roots whose next steps are the same: every file, and all that dpkg knows. */
export function fingerprint(life: DpkgLife): string {
  const records = [...snapshotTree(join(life.root, "var/lib/dpkg"), []).entries()]
    .filter(([path]) => !path.endsWith("-old"))
    .map(([path, what]) => `${path} ${what}`);
  return createHash("sha1")
    .update(JSON.stringify([filesOf(life), records]))
    .digest("hex");
}

function after(life: DpkgLife, args: readonly string[]): DpkgLife {
  const result = attemptSync(life, args);
  if (result.exitCode !== 0) throw new Error(result.output);
  return result.life;
}

function freshCopy(start: DpkgLife): DpkgLife {
  const life = start.copy();
  rmSync(join(life.root, "calls"), { force: true });
  return life;
}

function filesOf({ root }: DpkgLife): string[] {
  return [...snapshotTree(root).entries()]
    .filter(([path]) => path !== "/calls" && !/^\/etc\/(?:passwd|group)/.test(path))
    .map(([path, what]) => `${path} ${what}`);
}
