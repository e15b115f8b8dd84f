import { VenvdebError } from "../../errors.ts";
import { findClash, type Clash } from "../index/clash.ts";
import type { OpenRepository } from "../publish.ts";
import type { IndexedPackage, Suite } from "../types.ts";
import { indexNames } from "./targets.ts";
import { viewSuite } from "./views.ts";

/**
 * One name, version and architecture are one file in the whole repository: apt of a machine that has two suites takes
 * them for the same. The suite itself is looked at when it is published.
 * @throws VenvdebError REPO_VERSION_CONFLICT with both hashes
 */
export async function refuseOtherBytes(
  repository: OpenRepository,
  suite: Suite,
  packages: readonly IndexedPackage[],
): Promise<void> {
  for (const other of repository.settings.suites) {
    if (other === suite) continue;
    const view = await viewSuite(repository, other);
    const names = indexNames(repository.settings, { suite: other, component: undefined });
    for (const { component, architecture } of names) {
      const clash = findClash(await view.index(component, architecture), packages);
      if (clash !== undefined) throw conflict(other, clash);
    }
  }
}

function conflict({ name: suite }: Suite, { added, listed }: Clash): VenvdebError {
  const { name, version, architecture } = added;
  return new VenvdebError(
    "REPO_VERSION_CONFLICT",
    `Cannot add ${name} ${version} (${architecture}): ${suite} lists it with other bytes: SHA-256 ${listed.sha256}, ${added.sha256} in the file (wanted: the same bytes, or another version)`,
    { hint: "give the new build a version of its own: machines would not notice the change" },
  );
}
