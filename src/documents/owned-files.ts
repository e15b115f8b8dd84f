import type { InstalledDistribution } from "../environment/types.ts";

/**
 * For each distribution the patterns of a copyright file that match its files and nobody else's: the highest folders
 * that it has to itself, and single files where folders are shared. By name; relative to the environment.
 */
export function ownedPatterns(distributions: readonly InstalledDistribution[]): Map<string, string[]> {
  const owners = ownersOfFolders(distributions);
  return new Map(
    distributions.map(({ name, files }) => {
      const patterns = new Set<string>();
      for (const file of files) patterns.add(patternFor(file, name, owners));
      return [name, [...patterns]];
    }),
  );
}

const SHARED = Symbol("shared");
type Owners = ReadonlyMap<string, string | typeof SHARED>;

/** Folders at the top and those that hold dist-info folders are everyone's, whoever is in them now. */
function ownersOfFolders(distributions: readonly InstalledDistribution[]): Owners {
  const owners = new Map<string, string | typeof SHARED>();
  for (const { distInfo } of distributions)
    for (const folder of foldersAbove(distInfo)) owners.set(folder, SHARED);
  for (const { name, files } of distributions)
    for (const file of files)
      for (const folder of foldersAbove(file)) {
        const owner = owners.get(folder);
        if (owner === undefined) owners.set(folder, folder.includes("/") ? name : SHARED);
        else if (owner !== name) owners.set(folder, SHARED);
      }
  return owners;
}

/** Outermost first. */
function* foldersAbove(path: string): Generator<string> {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1))
    yield path.slice(0, slash);
}

function patternFor(file: string, name: string, owners: Owners): string {
  for (const folder of foldersAbove(file))
    if (owners.get(folder) === name) return `${escapePattern(folder)}/*`;
  return escapePattern(file);
}

/** Blanks divide patterns and cannot be escaped (copyright format 1.0). */
function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?]/g, String.raw`\$&`).replaceAll(/\s/g, "?");
}
