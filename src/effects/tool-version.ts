import { readFileSync } from "node:fs";
import { assetPath } from "./assets.ts";

/** The version of this program, from its package.json. */
export function readToolVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(assetPath("package.json"), "utf8"));
  return manifest.version;
}
