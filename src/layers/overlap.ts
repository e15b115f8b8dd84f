/**
 * Whether files of several owners can't be in one environment as they are: two have the same path, or one has a file
 * where another has a folder. Paths are relative to the environment; links count as files.
 */
export function overlap(owners: Iterable<readonly string[]>): boolean {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const paths of owners)
    for (const path of paths) {
      if (files.has(path)) return true;
      files.add(path);
      for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
        const folder = path.slice(0, end);
        if (folders.has(folder)) break;
        folders.add(folder);
      }
    }
  for (const folder of folders) if (files.has(folder)) return true;
  return false;
}
