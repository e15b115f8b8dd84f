import process from "node:process";
import { assetPath } from "./assets.ts";

/** How to run this very program as a child. */
export function ownProgram(): { readonly file: string; readonly args: readonly string[] } {
  return { file: process.execPath, args: [assetPath("bin/venvdeb.js")] };
}
