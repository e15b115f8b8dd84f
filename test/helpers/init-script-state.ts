import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DpkgLife } from "./dpkg-life.ts";

/** Permission bits of the script of a package in a throw-away root. */
export function modeOf({ root }: DpkgLife): number {
  return statSync(join(root, "etc/init.d/hello-old")).mode & 0o777;
}

/** The links of update-rc.d there. */
export function linksOf({ root }: DpkgLife): string[] {
  return ["rc2.d", "rc6.d"].flatMap((name) => {
    const path = join(root, "etc", name);
    return existsSync(path) ? readdirSync(path) : [];
  });
}
