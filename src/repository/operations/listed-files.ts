import { groupBy } from "../../dependencies/group-by.ts";
import type { PackageIndex } from "../index/types.ts";
import type { SuiteView } from "../publication/view.ts";
import type { IndexedPackage, RepositorySettings } from "../types.ts";
import { indexNames, type Target } from "./targets.ts";

/** Finds all versions of a name in an index. */
export type Finder = (name: string) => readonly IndexedPackage[];

/** For so many names, one pass through the whole index is quicker than to look for each. */
const MANY = 64;

export function finderFor(index: PackageIndex, names: number): Finder {
  if (names < MANY) return (name) => index.find(name);
  const all = groupBy(index.packages(), ({ name }) => name);
  return (name) => all.get(name) ?? [];
}

/** Finds what a target lists of a name and hash, in any of its indexes. */
export type ListedFiles = (name: string, sha256: string) => IndexedPackage | undefined;

export async function listedFiles(
  settings: RepositorySettings,
  target: Target,
  view: SuiteView,
  names: number,
): Promise<ListedFiles> {
  const finders: Finder[] = [];
  for (const { component, architecture } of indexNames(settings, target))
    finders.push(finderFor(await view.index(component, architecture), names));
  return (name, sha256) => {
    for (const find of finders) {
      const found = find(name).find((each) => each.sha256 === sha256);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
