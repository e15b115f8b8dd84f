import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assetPath } from "./assets.ts";

/**
 * SHA-256 of this program's own files: code, templates, data. What an earlier build has made is used again only by the
 * same program, so that no change of it needs to be declared anywhere.
 */
export function programDigest(): string {
  known ??= digestProgram();
  return known;
}

let known: string | undefined;

function digestProgram(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const code = basename(here) === "bundle" ? here : dirname(here);
  const digest = createHash("sha256").update(readFileSync(assetPath("package.json")));
  for (const folder of [code, assetPath("data"), assetPath("templates")])
    for (const file of listFiles(folder)) digest.update(file.name).update(readFileSync(file.path));
  return digest.digest("hex");
}

function listFiles(folder: string): { readonly name: string; readonly path: string }[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !OTHER.has(extname(entry.name)) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  return names.toSorted().map((path) => ({ name: path.slice(folder.length), path }));
}

/** Made by Python and the compiler beside the code. */
const OTHER: ReadonlySet<string> = new Set([".pyc", ".map", ".tsbuildinfo"]);
