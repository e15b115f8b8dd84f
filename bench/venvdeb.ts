import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "./measure.ts";

/** The compiled program, called as users call it. */
export const PROGRAM = resolve("bin/venvdeb.js");

/** A call of ours with a cache folder of its own. */
export function venvdeb(args: readonly string[], cache: string): Command {
  return { file: process.execPath, args: [PROGRAM, ...args], env: { VENVDEB_CACHE_DIR: cache } };
}

/** Runs it and gives its standard output. */
export function run(args: readonly string[], cache: string): string {
  const env = { ...process.env, VENVDEB_CACHE_DIR: cache };
  return execFileSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8", env, maxBuffer: 1 << 28 });
}

/** Leaves what is fetched from the package index, as the peers' caches are left: everything of our own goes. */
export function forgetOwn(cache: string): void {
  for (const name of readdirSync(cache))
    if (name !== "uv" && name !== "tools") rmSync(join(cache, name), { recursive: true, force: true });
}
