import { readHead, suiteFolder, type Head } from "../heads.ts";
import { EMPTY_INDEX } from "../index/package-index.ts";
import { readIndex } from "../index/read.ts";
import type { PackageIndex } from "../index/types.ts";
import type { OpenRepository, SuiteView } from "../publish.ts";
import type { IndexedPackage, Suite } from "../types.ts";
import { indexNames, type IndexName, type Target } from "./targets.ts";

/** What a suite lists now, for those that only look. */
export async function viewSuite(repository: OpenRepository, suite: Suite): Promise<SuiteView> {
  const head = await readHead(repository.storage, repository.settings, suite);
  return viewRelease(repository, suite, head);
}

/** What one release of a suite lists. */
export function viewRelease(repository: OpenRepository, suite: Suite, head: Head | undefined): SuiteView {
  const indexes = new Map<string, Promise<PackageIndex>>();
  return {
    head,
    index: async (component, architecture) => {
      const path = indexPath(repository, { component, architecture });
      const reading = indexes.get(path) ?? indexOf(repository, suite, head, path);
      indexes.set(path, reading);
      return reading;
    },
  };
}

/** The plain index, relative to the folder of the Release. */
export function indexPath(
  { settings }: Pick<OpenRepository, "settings">,
  { component, architecture }: IndexName,
): string {
  return settings.layout === "flat" ? "Packages" : `${component}/binary-${architecture}/Packages`;
}

async function indexOf(
  { storage, settings }: OpenRepository,
  suite: Suite,
  head: Head | undefined,
  path: string,
): Promise<PackageIndex> {
  const entries = head?.release.entries ?? [];
  if (!entries.some((entry) => entry.path === path)) return EMPTY_INDEX;
  return readIndex(storage, suiteFolder(settings, suite), path, entries);
}

/** A package, and where it is listed. */
export interface Listed {
  readonly index: IndexName;
  readonly listed: IndexedPackage;
}

/** Everything that a suite, or a component of it, lists: `all` once for each architecture. */
export async function listedIn(
  { settings }: Pick<OpenRepository, "settings">,
  target: Target,
  view: SuiteView,
): Promise<Listed[]> {
  const all: Listed[] = [];
  for (const index of indexNames(settings, target)) {
    const { component, architecture } = index;
    for (const listed of (await view.index(component, architecture)).packages()) all.push({ index, listed });
  }
  return all;
}
