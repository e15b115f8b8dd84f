import process from "node:process";
import { dirname } from "node:path";
import { assetPath } from "./assets.ts";

/** How to run this very program as a child. */
export function ownProgram(): { readonly file: string; readonly args: readonly string[] } {
  return { file: process.execPath, args: [assetPath("bin/venvdeb.js")] };
}

/** Absolute: the folders that this very program is made of, with what it imports and what runs it. */
export function ownFolders(): string[] {
  const own = assetPath(".").replace(/\/$/, "");
  const folder = dirname(own);
  return [dirname(dirname(process.execPath)), folder.endsWith("/node_modules") ? folder : own];
}
