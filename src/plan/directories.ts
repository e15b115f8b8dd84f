import type { Config } from "../config/types.ts";
import type { DirectoryPlan, SystemUser } from "./system-types.ts";

/**
 * The folders for data, each after the ones that it is in. Without a setting they are the package's own user's where
 * programs keep data, else root's.
 */
export function assembleDirectories({ directories }: Config, users: readonly SystemUser[]): DirectoryPlan[] {
  const [own] = users;
  const root = { user: "root", group: "root" };
  const owner = own === undefined ? root : { user: own.name, group: own.group };
  return directories
    .map((directory) => ({ owner: /^\/(?:var|run|srv)\//.test(directory.path) ? owner : root, ...directory }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
