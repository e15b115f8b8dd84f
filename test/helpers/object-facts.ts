import { posix } from "node:path";
import { parseSymbols } from "../../src/dependencies/symbols-file.ts";
import type { CatalogLibrary, LibraryCatalog, ObjectFacts } from "../../src/dependencies/types.ts";

/** An object of an application on amd64; the path is below `opt/app`. */
export function objectFacts(path: string, facts: Partial<ObjectFacts> = {}): ObjectFacts {
  return {
    path: posix.join("opt/app", path),
    distribution: path.split("/")[0]?.replace(/\.libs$/, "") ?? "",
    abi: { class: 64, littleEndian: true, machine: 62, flags: 0, osAbi: 0 },
    libc: "glibc",
    needed: [],
    searchPath: [],
    versionNeeds: [],
    symbols: [],
    ...facts,
  };
}

/** A release's libraries from the text of its symbols files and from shlibs; `folders` are those where a library is. */
export function catalogOf(
  symbols: Readonly<Record<string, string>>,
  others: readonly (CatalogLibrary & { readonly folder?: string })[] = [],
): LibraryCatalog {
  const libraries = new Map<string, CatalogLibrary & { readonly folder?: string }>();
  for (const [name, text] of Object.entries(symbols))
    for (const [soname, part] of parseSymbols(text, { architecture: "amd64" }))
      libraries.set(soname, {
        soname,
        path: `/${name === "libc6" ? "" : "usr/"}lib/x86_64-linux-gnu/${soname}`,
        package: name,
        symbols: part,
      });
  for (const other of others) libraries.set(other.soname, other);
  return {
    find(soname, { searchPath }) {
      const library = libraries.get(soname);
      return library?.folder === undefined || searchPath.includes(library.folder) ? library : undefined;
    },
  };
}
