import { VenvdebError } from "../../errors.ts";
import type { OpenRepository } from "../publish.ts";
import type { IndexedPackage, Suite } from "../types.ts";
import { indexNames } from "./targets.ts";
import { viewSuite } from "./views.ts";

/**
 * One name, version and architecture are one file in the whole repository: apt of a machine that has two suites, or two
 * components, takes them for the same. The suite itself is looked at when it is published, but for its other components.
 * @throws VenvdebError REPO_VERSION_CONFLICT with both hashes
 */
export async function refuseOtherBytes(
  repository: OpenRepository,
  suite: Suite,
  packages: readonly IndexedPackage[],
): Promise<void> {
  const { suites } = repository.settings;
  for (const other of suites) {
    if (other === suite && suite.components.length === 1) continue;
    const view = await viewSuite(repository, other);
    for (const { component, architecture } of indexNames(repository.settings, { suite: other, component: undefined })) {
      const index = await view.index(component, architecture);
      for (const fresh of packages) refuse(fresh, index.find(fresh.name), other);
    }
  }
}

function refuse(fresh: IndexedPackage, former: readonly IndexedPackage[], { name: suite }: Suite): void {
  const { name, version, architecture, sha256 } = fresh;
  const other = former.find(
    (each) => each.version === version && each.architecture === architecture && each.sha256 !== sha256,
  );
  if (other === undefined) return;
  throw new VenvdebError(
    "REPO_VERSION_CONFLICT",
    `Cannot add ${name} ${version} (${architecture}): ${suite} lists it with other bytes: SHA-256 ${other.sha256}, ${sha256} in the file (wanted: the same bytes, or another version)`,
    { hint: "give the new build a version of its own: machines would not notice the change" },
  );
}
