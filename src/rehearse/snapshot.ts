import { createHash } from "node:crypto";
import { join } from "node:path";
import { lstatSync, readFileSync, readdirSync, readlinkSync, type Stats } from "../effects/fs.ts";

/** Path below the root (`/etc/passwd`) to a line that tells kind, mode, owner and content. */
export type TreeSnapshot = ReadonlyMap<string, string>;

/** What may differ without being a leftover of a package: databases of dpkg and apt, logs, caches. */
export const bookkeeping = [
  "/var/lib/dpkg/",
  "/var/lib/apt/",
  "/var/cache/apt/",
  "/var/cache/debconf/",
  "/var/cache/ldconfig/",
  "/var/log/",
  "/etc/ld.so.cache",
  "/run/",
  "/tmp/",
  "/var/tmp/",
  // systemd's own memory: seeds, time stamps of timers, the journal's catalogue.
  "/var/lib/systemd/random-seed",
  "/var/lib/systemd/timers/",
  "/var/lib/systemd/catalog/",
] as const;

const accountDatabases = [
  "/etc/passwd",
  "/etc/passwd-",
  "/etc/group",
  "/etc/group-",
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/subuid",
  "/etc/subuid-",
  "/etc/subgid",
  "/etc/subgid-",
] as const;

/** Everything below `root` except what starts with one of `ignored`. */
export function snapshotTree(root: string, ignored: readonly string[] = bookkeeping): TreeSnapshot {
  const entries = new Map<string, string>();
  const pending = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of readdirSync(join(root, folder)).toSorted()) {
      const path = `${folder}/${name}`;
      const stats = lstatSync(join(root, path));
      if (stats.isDirectory()) pending.push(path);
      if (!ignored.some((prefix) => `${path}/`.startsWith(prefix) || path === prefix))
        entries.set(path, describe(join(root, path), stats));
    }
  }
  return entries;
}

/** One line for each path that came, went or changed; empty when the trees are equal. */
export function diffSnapshots(before: TreeSnapshot, after: TreeSnapshot): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].toSorted().flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    if (old === undefined) return [`+ ${path} ${now}`];
    return now === undefined ? [`- ${path} ${old}`] : [`~ ${path} ${old} -> ${now}`];
  });
}

/**
 * What a package has left on a machine: every difference but its account (Debian's packages leave theirs behind, since
 * files may still carry its number: Policy 9.2) and an empty /opt, which dpkg takes away with the last package in it.
 */
export function leftovers(before: TreeSnapshot, after: TreeSnapshot): string[] {
  return diffSnapshots(before, after).filter(
    (line) =>
      line !== "- /opt directory 0:0 755" && !accountDatabases.some((path) => line.startsWith(`~ ${path} `)),
  );
}

function describe(path: string, stats: Stats): string {
  const owner = `${stats.uid}:${stats.gid} ${(stats.mode & 0o7777).toString(8)}`;
  if (stats.isDirectory()) return `directory ${owner}`;
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (!stats.isFile()) return `special ${owner}`;
  return `file ${owner} ${createHash("sha1").update(readFileSync(path)).digest("hex")}`;
}
