import { compareDotted, glibcVersion } from "./glibc.ts";
import type { Link } from "./links.ts";
import { splitTemplate, type Need } from "./needs.ts";
import type { LibraryCatalog, ObjectFacts } from "./types.ts";

/**
 * What an object asks of glibc: the highest `GLIBC_x.y` of its version needs. glibc's symbols files say more than
 * objects need (libpthread.so.0 and libdl.so.2 became empty in 2.34, so linking with them reads as 2.34), and a node
 * that is no version (GLIBC_PRIVATE, GLIBC_ABI_DT_RELR) is looked up there.
 */
export function findLibcNeeds(object: ObjectFacts, links: readonly Link[], catalog: LibraryCatalog): Need[] {
  const wanted = object.versionNeeds.flatMap(({ library, versions }) =>
    versions.filter((node) => node.startsWith("GLIBC_")).map((node) => ({ library, node })),
  );
  const isLinked = links.some(({ kind }) => kind === "glibc");
  if (wanted.length === 0 && !isLinked) return [];
  const symbols = catalog.find("libc.so.6", { abi: object.abi, searchPath: [] })?.symbols;
  const template = symbols?.templates[0] ?? "libc6 #MINVER#";
  const first = { template, object, library: "libc.so.6", detail: "loads it" };
  const smallest = symbols?.smallestVersion;
  return [
    { ...first, ...(smallest === undefined ? {} : { minimum: smallest }) },
    ...highestVersion(wanted, first),
    ...wanted.flatMap(({ library, node }) => otherNode(library, node, object, catalog)),
  ];
}

function highestVersion(
  wanted: readonly { readonly library: string; readonly node: string }[],
  need: Need,
): Need[] {
  const versions = wanted.flatMap(({ library, node }) => {
    const version = glibcVersion(node);
    return version === undefined ? [] : [{ library, node, version }];
  });
  const highest = versions.toSorted((a, b) => compareDotted(a.version, b.version)).at(-1);
  if (highest === undefined) return [];
  return [{ ...need, library: highest.library, minimum: highest.version, detail: `needs ${highest.node}` }];
}

function otherNode(soname: string, node: string, object: ObjectFacts, catalog: LibraryCatalog): Need[] {
  if (glibcVersion(node) !== undefined) return [];
  const symbols = catalog.find(soname, { abi: object.abi, searchPath: [] })?.symbols;
  const need = symbols?.lookup(`${node}@${node}`);
  if (symbols === undefined || need === undefined) return [];
  const minimum = need.minimalVersion === "0" ? {} : { minimum: need.minimalVersion };
  const shared = { ...minimum, object, library: soname, detail: `needs ${node}` };
  return splitTemplate(symbols.templates[need.template] ?? "").map((template) =>
    Object.assign({ template }, shared),
  );
}
