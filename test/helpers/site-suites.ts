import { createHash } from "node:crypto";
import { EMPTY_INDEX } from "../../src/repository/index/package-index.ts";
import type { PackageIndex } from "../../src/repository/index/types.ts";
import type { SiteSuite } from "../../src/repository/page/types.ts";
import type { IndexedPackage } from "../../src/repository/types.ts";
import { pageInput } from "./page-input.ts";

/** Suites of one index each, and what reads those of former ones, until they are lost. */
export function siteSuites() {
  const kept = new Map<string, PackageIndex>();
  const suitesOf = (packages: Readonly<Record<string, readonly IndexedPackage[]>>): SiteSuite[] =>
    pageInput(packages).suites.map(({ suite, date, packages: add }) => {
      const index = EMPTY_INDEX.edited({ add, remove: [] });
      const sha256 = hashOf(index);
      kept.set(sha256, index);
      const path = "main/binary-amd64/Packages";
      const listed = { path, sha256, read: async () => index };
      return { suite, date: date ?? new Date(0), release: sha256.slice(0, 8), indexes: [listed] };
    });
  const former = async (
    { indexes }: { readonly indexes: Readonly<Record<string, string>> },
    path: string,
  ): Promise<PackageIndex | undefined> => kept.get(indexes[path] ?? "");
  return { suitesOf, former, lose: () => kept.clear() };
}

function hashOf({ chunks }: PackageIndex): string {
  return createHash("sha256")
    .update(Buffer.concat(chunks.map(({ text }) => text)))
    .digest("hex");
}
