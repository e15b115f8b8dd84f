import { VenvdebError } from "../errors.ts";
import type { Target } from "../plan/types.ts";
import { isGlibcLibrary } from "./glibc.ts";
import type { Link } from "./links.ts";
import type { LibraryCatalog, ObjectFacts } from "./types.ts";

/**
 * Refuses objects that want a version of a library which the release has not: the loader would refuse them there.
 * Known from the version nodes in the library's symbols file, where it lists them.
 * @throws VenvdebError DEPENDS_TOO_NEW
 */
export function refuseMissingVersions(
  objects: ReadonlyMap<ObjectFacts, readonly Link[]>,
  catalog: LibraryCatalog,
  target: Target,
  ignore: (soname: string) => boolean,
): void {
  const missing = [...objects].flatMap(([object, links]) =>
    object.versionNeeds.flatMap(({ library, versions }) => {
      if (!isOutside(library, links) || ignore(library)) return [];
      const found = catalog.find(library, { abi: object.abi, searchPath: [] });
      const { symbols } = found ?? {};
      if (!symbols?.listsVersions) return [];
      const absent = versions.filter((node) => symbols.lookup(`${node}@${node}`) === undefined);
      return absent.map(
        (node) =>
          `  ${object.distribution ?? "(no distribution)"}: ${object.path} needs ${node} of ${library} (${found?.package ?? ""})`,
      );
    }),
  );
  if (missing.length === 0) return;
  throw new VenvdebError(
    "DEPENDS_TOO_NEW",
    `Cannot package for ${target.distribution} ${target.codename}: ${missing.length === 1 ? "an object needs" : "objects need"} newer libraries than it has (wanted: what ${target.codename} has)\n${missing.slice(0, mostLines).join("\n")}` +
      (missing.length > mostLines ? `\n  and ${missing.length - mostLines} more` : ""),
    {
      hint: "install wheels for an older manylinux, or build those distributions from source on the release",
    },
  );
}

const mostLines = 20;

function isOutside(library: string, links: readonly Link[]): boolean {
  const link = links.find(({ soname }) => soname === library);
  return link === undefined ? isGlibcLibrary(library) : link.kind === "glibc" || link.kind === "library";
}
