import { groupBy } from "../../dependencies/group-by.ts";
import type { IndexedPackage, IndexEdit } from "../types.ts";
import type { IndexName } from "./targets.ts";
import type { Listed } from "./views.ts";

/** Gathers single additions and removals into one edit for each index. */
export function assembleEdits(added: readonly Listed[], removed: readonly Listed[]): IndexEdit[] {
  const additions = groupBy(added, ({ index }) => keyOf(index));
  const removals = groupBy(removed, ({ index }) => keyOf(index));
  const names = new Map([...added, ...removed].map(({ index }) => [keyOf(index), index]));
  return [...names].map(([key, index]) => ({
    component: index.component,
    architecture: index.architecture,
    add: packagesOf(additions.get(key)),
    remove: packagesOf(removals.get(key)),
  }));
}

function keyOf({ component, architecture }: IndexName): string {
  return `${component} ${architecture}`;
}

function packagesOf(listed: readonly Listed[] = []): IndexedPackage[] {
  return listed.map((each) => each.listed);
}

/** Each file once, though several indexes list it. */
export function distinctFiles(packages: Iterable<IndexedPackage>): IndexedPackage[] {
  return [...new Map([...packages].map((each) => [`${each.filename} ${each.sha256}`, each])).values()];
}
