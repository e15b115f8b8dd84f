import { createHash } from "node:crypto";
import type { IndexedPackage } from "../../src/repository/types.ts";

/** A package as an index lists it; its hash is made of what tells it apart. */
export function indexedPackage(
  name: string,
  version: string,
  options: { readonly architecture?: string; readonly content?: string; readonly note?: string } = {},
): IndexedPackage {
  const { architecture = "amd64", content = "", note = "A package" } = options;
  const sha256 = createHash("sha256").update([name, version, architecture, content].join(" ")).digest("hex");
  const filename = `pool/main/${name.slice(0, 1)}/${name}/${name}_${version}_${architecture}.deb`;
  const size = 1000 + name.length;
  const stanza = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    "Maintainer: Jürgen Example <j@example.org>",
    `Filename: ${filename}`,
    `Size: ${size}`,
    `SHA256: ${sha256}`,
    `Description: ${note}`,
    " with a long text",
    " .",
    ` about ${sha256.repeat(4)}`,
    "",
  ].join("\n");
  return { name, version, architecture, filename, size, sha256, stanza };
}

/** Many packages of different names. */
export function manyPackages(count: number): IndexedPackage[] {
  return Array.from({ length: count }, (_, number) =>
    indexedPackage(`package-${(number * 7919) % count}`, `1.${number % 7}-1`),
  );
}
