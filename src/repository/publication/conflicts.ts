import { VenvdebError } from "../../errors.ts";
import { findClash, type Clash } from "../index/clash.ts";
import { EMPTY_INDEX } from "../index/package-index.ts";
import type { Suite } from "../types.ts";
import type { IndexDraft } from "./types.ts";

/**
 * Refuses a package whose name, version and architecture the suite lists with other bytes, in any component, even when
 * those are removed by the same change: clients that have them would keep them.
 * @throws VenvdebError REPO_VERSION_CONFLICT
 */
export async function refuseOtherBytes(suite: Suite, indexes: readonly IndexDraft[]): Promise<void> {
  const added = indexes.flatMap(({ difference }) => difference.add);
  if (added.length === 0) return;
  for (const { place, index, difference } of indexes) {
    const isFlat = place.architecture === "";
    const possible = added.filter(
      ({ architecture }) => isFlat || architecture === "all" || architecture === place.architecture,
    );
    if (possible.length === 0) continue;
    const removed = EMPTY_INDEX.edited({ add: difference.remove, remove: [] });
    const clash = findClash(await index(), possible) ?? findClash(removed, possible);
    if (clash !== undefined) throw conflict(suite, clash);
  }
}

function conflict(suite: Suite, { added, listed }: Clash): VenvdebError {
  const { name, version, architecture, sha256 } = added;
  return new VenvdebError(
    "REPO_VERSION_CONFLICT",
    `Cannot publish ${name} ${version} (${architecture}) in "${suite.name}": it is listed with other bytes: SHA-256 ${listed.sha256} in "${listed.filename}", ${sha256} in "${added.filename}" (wanted: the same bytes, or another version)`,
    { hint: "give the new build a version of its own: its machines would not notice the change" },
  );
}
