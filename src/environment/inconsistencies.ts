import { VenvdebError } from "../errors.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { evaluateMarker } from "../python/marker.ts";
import { parseRequirement, type Requirement } from "../python/requirement.ts";
import { satisfies } from "../python/specifier.ts";
import type { InstalledDistribution } from "./types.ts";

type Installed = Pick<InstalledDistribution, "name" | "displayName" | "version" | "metadata">;

/**
 * What the distributions of an environment ask for and do not have, one sentence each: a missing one, another version,
 * another Python. As `pip check`: what only an extra asks for is left out. What can't be understood is passed over.
 */
export function findInconsistencies(
  distributions: readonly Installed[],
  { markers, full }: Pick<InterpreterFacts, "markers" | "full">,
): string[] {
  const byName = new Map(distributions.map((one) => [one.name, one]));
  return distributions.flatMap((one) => [
    ...otherPython(one, full),
    ...one.metadata.requires.flatMap((line) => unmet(one, line, byName, markers)),
  ]);
}

function otherPython({ displayName, version, metadata }: Installed, full: string): string[] {
  const { requiresPython = "" } = metadata;
  if (requiresPython === "" || satisfies(full, requiresPython)) return [];
  return [`${displayName} ${version} requires Python ${requiresPython}, and this is ${full}`];
}

function unmet(
  { displayName, version }: Installed,
  line: string,
  byName: ReadonlyMap<string, Installed>,
  markers: Readonly<Record<string, string>>,
): string[] {
  const requirement = readApplying(line, markers);
  if (!requirement) return [];
  const { name, specifier } = requirement;
  const found = byName.get(name);
  const wanted = `${displayName} ${version} requires ${name}${specifier}`;
  if (!found) return [`${wanted}, which is not installed`];
  if (specifier === "" || satisfies(found.version, specifier)) return [];
  return [`${wanted}, and ${found.version} is installed`];
}

function readApplying(line: string, markers: Readonly<Record<string, string>>): Requirement | undefined {
  try {
    const requirement = parseRequirement(line);
    const { marker } = requirement;
    return marker === undefined || evaluateMarker(marker, markers) ? requirement : undefined;
  } catch (error) {
    if (error instanceof VenvdebError) return undefined;
    throw error;
  }
}
