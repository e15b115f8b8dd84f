import type { PackageEdit } from "../index/types.ts";
import { VenvdebError } from "../../errors.ts";
import type { IndexEdit, RepositorySettings, Suite } from "../types.ts";

/** One index that a suite declares. */
export interface IndexPlace {
  /** Empty in a flat repository, as is the architecture. */
  readonly component: string;
  readonly architecture: string;
  /** Of the plain index, relative to the folder of the Release. */
  readonly path: string;
}

/** Every index of a suite, those without packages too. */
export function indexPlaces({ layout }: Pick<RepositorySettings, "layout">, suite: Suite): IndexPlace[] {
  if (layout === "flat") return [{ component: "", architecture: "", path: "Packages" }];
  return suite.components.flatMap((component) =>
    suite.architectures.map((architecture) => ({
      component,
      architecture,
      path: `${component}/binary-${architecture}/Packages`,
    })),
  );
}

/** Where a component and an architecture are listed; nothing for what the suite does not declare. */
export function findPlace(
  places: readonly IndexPlace[],
  component: string,
  architecture: string,
): IndexPlace | undefined {
  return places.find(
    (place) =>
      place.path === "Packages" || (place.component === component && place.architecture === architecture),
  );
}

/**
 * All edits of each index, by its path.
 * @throws VenvdebError REPO_NOT_DECLARED
 */
export function editsByPath(
  places: readonly IndexPlace[],
  edits: readonly IndexEdit[],
  suite: Suite,
): Map<string, PackageEdit> {
  const joined = new Map<string, PackageEdit>();
  for (const { component, architecture, add, remove } of edits) {
    const place = findPlace(places, component, architecture);
    if (place === undefined) throw notDeclared(suite, component, architecture);
    const former = joined.get(place.path) ?? { add: [], remove: [] };
    joined.set(place.path, { add: [...former.add, ...add], remove: [...former.remove, ...remove] });
  }
  return joined;
}

function notDeclared(suite: Suite, component: string, architecture: string): VenvdebError {
  return new VenvdebError(
    "REPO_NOT_DECLARED",
    `Cannot publish into "${suite.name}": it has no index for "${component}" and "${architecture}" (wanted: one of ${suite.components.join(", ")} and one of ${suite.architectures.join(", ")})`,
    { hint: "add the component or the architecture to the suite's settings", exitCode: 2 },
  );
}
