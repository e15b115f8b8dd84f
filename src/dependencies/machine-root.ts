import { posix } from "node:path";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "../effects/fs.ts";

/** The file system of a machine: its own, or that of a release unpacked in a folder. Paths are the machine's. */
export interface MachineRoot {
  /** The path with every link followed inside the root; `undefined` when it leads nowhere. */
  resolve(path: string): string | undefined;
  /** The text of a file; `undefined` when there is none. */
  readText(path: string): string | undefined;
  /** Names in a folder, sorted; none when there is no such folder. */
  list(path: string): string[];
  /** The path outside of the root, for a reader of files. */
  outside(path: string): string;
}

/** Opens the file system below an absolute folder; absolute links in it start at that folder. */
export function openMachineRoot(root: string): MachineRoot {
  const links = new Map<string, string | undefined>();
  const outside = (path: string) => posix.join(root, path);
  /** Target of a link, empty for anything else that is there. */
  const linkAt = (path: string) => {
    if (!links.has(path)) links.set(path, readLink(outside(path)));
    return links.get(path);
  };
  return {
    resolve: (path) => resolveLinks(path, linkAt),
    readText: (path) => attempt(() => readFileSync(outside(path), "utf8")),
    list: (path) => attempt(() => readdirSync(outside(path)).toSorted()) ?? [],
    outside,
  };
}

/** As the kernel (ELOOP). */
const mostLinks = 40;

function resolveLinks(path: string, linkAt: (path: string) => string | undefined): string | undefined {
  let rest = posix.normalize(path).split("/").filter(Boolean);
  let resolved = "/";
  for (let followed = 0; rest.length > 0;) {
    const [name = "", ...others] = rest;
    const here = posix.join(resolved, name);
    const target = linkAt(here);
    if (target === undefined) return undefined;
    rest = others;
    if (target === "") resolved = here;
    else {
      if (++followed > mostLinks) return undefined;
      rest = [...target.split("/").filter(Boolean), ...others];
      if (target.startsWith("/")) resolved = "/";
    }
  }
  return resolved;
}

function readLink(path: string): string | undefined {
  const stats = attempt(() => lstatSync(path));
  if (stats === undefined) return undefined;
  return stats.isSymbolicLink() ? attempt(() => readlinkSync(path)) : "";
}

/** What cannot be read is as good as absent: a library there cannot be loaded either. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
