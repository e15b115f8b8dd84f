import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseRelease } from "../../src/repository/release-file.ts";
import { textOfInRelease } from "../../src/repository/sign/cleartext.ts";

/**
 * What a client that reads InRelease and indexes by hash gets: `name version`, of every index. Throws when a size or
 * hash does not fit.
 */
export function readByHash(folder: string, releaseFolder = "dists/stable/"): string[] {
  const text = textOfInRelease(readFileSync(join(folder, releaseFolder, "InRelease")));
  return readIndexes(folder, releaseFolder, text, (path, sha256) =>
    path.replace(/[^/]*$/, `by-hash/SHA256/${sha256}`),
  );
}

/** What a client of old ways gets, from Release and plain names. */
export function readByName(folder: string, releaseFolder = "dists/stable/"): string[] {
  const text = readFileSync(join(folder, releaseFolder, "Release"), "utf8");
  return readIndexes(folder, releaseFolder, text, (path) => path);
}

function readIndexes(
  folder: string,
  releaseFolder: string,
  text: string,
  locate: (path: string, sha256: string) => string,
): string[] {
  const { entries } = parseRelease(text);
  const compressed = entries.filter(({ path }) => /\.(?:gz|xz)$/.test(path));
  const names = new Set<string>();
  for (const { path, size, sha256 } of compressed) {
    const bytes = readFileSync(join(folder, releaseFolder, locate(path, sha256)));
    const found = createHash("sha256").update(bytes).digest("hex");
    if (bytes.length !== size || found !== sha256) throw new Error(`${path} does not fit to the release`);
    if (!path.endsWith("Packages.gz")) continue;
    const stanzas = gunzipSync(bytes)
      .toString()
      .split("\n\n")
      .filter((stanza) => stanza !== "");
    for (const stanza of stanzas)
      names.add(`${/^Package: (.*)$/m.exec(stanza)?.[1]} ${/^Version: (.*)$/m.exec(stanza)?.[1]}`);
  }
  return [...names];
}
