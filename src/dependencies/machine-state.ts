import { createHash } from "node:crypto";
import { join } from "node:path";
import { lstatSync, readdirSync, readFileSync } from "../effects/fs.ts";

/** Digests of what decides which libraries a machine has and what packages they are from. */
export function describeMachine(): unknown {
  return MACHINE.map(digestAny);
}

/** Which packages are installed, and what decides where libraries are found and what they are called. */
const MACHINE = [
  "/var/lib/dpkg/status",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/dpkg/shlibs.default",
  "/etc/dpkg/shlibs.override",
  "/etc/dpkg/symbols",
];

function digestAny(path: string): unknown {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return stats ? digestFile(path) : "";
  const names = readdirSync(path).toSorted();
  return names.map((name) => [name, digestAny(join(path, name))]);
}

function digestFile(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
