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
      const byFolder = new Map<string, string | undefined>();
      for (const file of files) {
        const folder = folderOf(file);
        if (!byFolder.has(folder)) byFolder.set(folder, patternFor(folder, name, owners));
        patterns.add(byFolder.get(folder) ?? escapePattern(file));
      }
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
    for (const folder of new Set(files.map(folderOf)))
      for (const above of foldersAbove(`${folder}/`)) {
        const owner = owners.get(above);
        if (owner === undefined) owners.set(above, above.includes("/") ? name : SHARED);
        else if (owner !== name) owners.set(above, SHARED);
      }
  return owners;
}

/** Empty for a file at the top. */
function folderOf(file: string): string {
  return file.slice(0, Math.max(file.lastIndexOf("/"), 0));
}

/** Outermost first. */
function* foldersAbove(path: string): Generator<string> {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1))
    yield path.slice(0, slash);
}

/** Nothing where the folder and all above it are shared. */
function patternFor(folder: string, name: string, owners: Owners): string | undefined {
  for (const above of foldersAbove(`${folder}/`))
    if (owners.get(above) === name) return `${escapePattern(above)}/*`;
  return undefined;
}

/** Blanks divide patterns and cannot be escaped (copyright format 1.0). */
function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?]/g, String.raw`\$&`).replaceAll(/\s/g, "?");
}
