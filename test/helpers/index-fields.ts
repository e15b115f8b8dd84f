import { parseStanzas } from "../../src/deb/stanza.ts";

/**
 * What a Packages index says of each package, to compare with that of another tool: without the hashes that we do not
 * list, and folded relations on one line.
 */
export function indexFields(index: string): Record<string, Record<string, string>> {
  const entries = parseStanzas(index).map((stanza) => {
    const fields = [...stanza].filter(([name]) => !/^(?:md5sum|sha1|sha512)$/i.test(name));
    const unfolded = fields.map(([name, value]) => [
      name.toLowerCase(),
      name === "Description" ? value : value.replaceAll(/\s+/g, " ").replace(/^\.\//, ""),
    ]);
    return [`${stanza.get("Package")} ${stanza.get("Version")}`, Object.fromEntries(unfolded)];
  });
  return Object.fromEntries(entries);
}
