import { posix } from "node:path";
import { once } from "./data-file.ts";
import type { MachineRoot } from "./machine-root.ts";
import { parseShlibs, sonamesOf } from "./shlibs-file.ts";

/** dpkg's own files about the packages of a machine (man dpkg-query), read as they are asked for. */
export interface PackageFiles {
  /** The package that ships one of these spellings of a path, with the one it uses. `soname` is where to look first. */
  findOwner(paths: readonly string[], soname: string): FileOwner | undefined;
  /** A control file of an installed package, such as `shlibs`. */
  readControlFile(name: string, file: string): string | undefined;
}

export interface FileOwner {
  readonly package: string;
  readonly path: string;
}

/** Opens the dpkg database below a root, for the packages of one architecture. */
export function openPackageFiles(root: MachineRoot, architecture: string): PackageFiles {
  const names = new Set(root.list(database));
  const stemOf = (name: string) =>
    names.has(`${name}:${architecture}.list`) ? `${name}:${architecture}` : name;
  const read = (name: string, file: string) => {
    const path = `${stemOf(name)}.${file}`;
    return names.has(path) ? root.readText(posix.join(database, path)) : undefined;
  };
  const packages = () => packagesWith(names, "list", architecture);
  const bySoname = once(() => indexSonames(packagesWith(names, "shlibs", architecture), read));
  const lists = new Map<string, string>();
  const listOf = (name: string) => {
    const known = lists.get(name) ?? `\n${read(name, "list") ?? ""}\n`;
    lists.set(name, known);
    return known;
  };
  const byPath = once(() => indexLibraries(packages(), listOf));
  return {
    findOwner: (paths, soname) =>
      findInLists(paths, bySoname().get(soname) ?? [], listOf) ?? findInIndex(paths, byPath),
    readControlFile: read,
  };
}

const database = "/var/lib/dpkg/info";

/** Packages of the architecture, or of all, that have a control file. */
function packagesWith(names: ReadonlySet<string>, file: string, architecture: string): string[] {
  return [...names].flatMap((name) => {
    if (!name.endsWith(`.${file}`)) return [];
    const [stem = "", qualifier] = name.slice(0, -file.length - 1).split(":");
    return qualifier === undefined || qualifier === architecture ? [stem] : [];
  });
}

/** Which packages say that they have a library: a few hundred short files, where all file lists would be megabytes. */
function indexSonames(
  packages: readonly string[],
  read: (name: string, file: string) => string | undefined,
): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const name of packages)
    for (const soname of parseShlibs(read(name, "shlibs") ?? "").flatMap(sonamesOf))
      index.set(soname, [...(index.get(soname) ?? []), name]);
  return index;
}

function findInLists(
  paths: readonly string[],
  packages: readonly string[],
  listOf: (name: string) => string,
): FileOwner | undefined {
  for (const path of paths) {
    const owner = packages.find((name) => listOf(name).includes(`\n${path}\n`));
    if (owner !== undefined) return { package: owner, path };
  }
  return undefined;
}

/** For a library whose package does not declare it. */
function findInIndex(
  paths: readonly string[],
  byPath: () => ReadonlyMap<string, string>,
): FileOwner | undefined {
  for (const path of paths) {
    const owner = byPath().get(path);
    if (owner !== undefined) return { package: owner, path };
  }
  return undefined;
}

function indexLibraries(packages: readonly string[], listOf: (name: string) => string): Map<string, string> {
  const index = new Map<string, string>();
  for (const name of packages)
    for (const [, path = ""] of listOf(name).matchAll(/^(\/.*\.so(?:\..*)?)$/gm)) index.set(path, name);
  return index;
}
