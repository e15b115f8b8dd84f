import { readHead, type Head } from "../heads.ts";
import { suiteView, type SuiteView } from "../publication/view.ts";
import type { OpenRepository } from "../publish.ts";
import type { IndexedPackage, Suite } from "../types.ts";
import { indexNames, type IndexName, type Target } from "./targets.ts";

/** What a suite lists now, for those that only look. */
export async function viewSuite(repository: OpenRepository, suite: Suite): Promise<SuiteView> {
  const head = await readHead(repository.storage, repository.settings, suite);
  return viewRelease(repository, suite, head);
}

/** What one release of a suite lists. */
export function viewRelease(
  { storage, settings }: OpenRepository,
  suite: Suite,
  head: Head | undefined,
): SuiteView {
  return suiteView(storage, settings, suite, head);
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
