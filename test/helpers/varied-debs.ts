import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** A package that dpkg-deb is to make. */
export interface VariedDeb {
  /** The whole control file. */
  readonly control: string;
  /** Path to content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** As dpkg-deb's `-Z`. */
  readonly compression?: "gzip" | "xz" | "zstd" | "none";
}

/** Makes the package with dpkg-deb and gives its path: `<folder>/<name>.deb`. */
export function makeVariedDeb(folder: string, name: string, deb: VariedDeb): string {
  const tree = join(folder, `${name}.tree`);
  const files = { "DEBIAN/control": deb.control, ...deb.files };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  execFileSync("chmod", ["-R", "u=rwX,go=rX", tree]);
  const path = join(folder, `${name}.deb`);
  const options = ["--nocheck", "--root-owner-group", `-Z${deb.compression ?? "xz"}`, "--build"];
  execFileSync("dpkg-deb", [...options, tree, path], { stdio: "ignore" });
  execFileSync("rm", ["-r", tree]);
  return path;
}

/** Text in gzip's form, as changelogs are shipped. */
export function gzipped(text: string): Uint8Array {
  return gzipSync(text, { level: 9 });
}

/** A control file whose fields beyond the needed ones are given as text. */
export function controlText(name: string, more = "", version = "1.0-1", architecture = "all"): string {
  return `Package: ${name}
Version: ${version}
Architecture: ${architecture}
Maintainer: Jane Doe <jane@example.org>
${more}Description: thing of ${name}
 Its longer text,
 .
  with a verbatim line.
`;
}
