import { diffIndexes } from "../index/diff.ts";
import { EMPTY_INDEX, packagesOf } from "../index/package-index.ts";
import type { PackageIndex } from "../index/types.ts";
import type { ManifestSuite } from "./manifest.ts";
import { namesRelatedTo } from "./relations.ts";
import type { SiteSuite } from "./types.ts";

/** Gives an index of a former release; nothing when it is kept no more. */
export type FormerReader = (suite: ManifestSuite, path: string) => Promise<PackageIndex | undefined>;

/**
 * Names of which a suite lists other packages than when the site was last written; nothing when that cannot be told.
 * Indexes that are the same are not read, nor are chunks.
 */
export async function changedNames(
  suite: SiteSuite,
  known: ManifestSuite | undefined,
  former: FormerReader,
): Promise<ReadonlySet<string> | undefined> {
  const names = new Set<string>();
  const now = new Map(suite.indexes.map((index) => [index.path, index]));
  const before = new Map(Object.entries(known?.indexes ?? {}));
  for (const path of new Set([...now.keys(), ...before.keys()])) {
    const index = now.get(path);
    if (index?.sha256 === before.get(path)) continue;
    const old = known !== undefined && before.has(path) ? await former(known, path) : EMPTY_INDEX;
    if (old === undefined) return undefined;
    const { add, remove } = diffIndexes(old, (await index?.read()) ?? EMPTY_INDEX);
    for (const { name } of [...add, ...remove]) names.add(name);
  }
  return names;
}

/** Names of packages in an index that relate to one of some names: their pages link to it, or did. */
export function* dependentsOn(names: ReadonlySet<string>, { chunks }: PackageIndex): Generator<string> {
  const few = names.size <= FEW ? [...names] : undefined;
  for (const chunk of chunks) {
    if (few !== undefined && !few.some((name) => chunk.text.includes(name))) continue;
    for (const { name, stanza } of packagesOf(chunk))
      for (const related of namesRelatedTo(stanza)) if (names.has(related)) yield name;
  }
}

/** To look for more of them in the text takes longer than to read its fields. */
const FEW = 20;
