import { posix } from "node:path";
import { VenvdebError } from "../errors.ts";
import { readLibraryFolders } from "./library-folders.ts";
import type { ElfObject } from "./elf.ts";
import { openMachineRoot, type MachineRoot } from "./machine-root.ts";
import { openPackageFiles, type FileOwner, type PackageFiles } from "./package-files.ts";
import { readElf } from "./read-elf.ts";
import { findShlibs, parseShlibs } from "./shlibs-file.ts";
import { parseSymbols } from "./symbols-file.ts";
import type { CatalogLibrary, LibraryCatalog, LibraryQuery, LibrarySymbols, ObjectAbi } from "./types.ts";

/** The release whose libraries are meant. */
export interface CatalogTarget {
  /** Debian's name: amd64. */
  readonly architecture: string;
  /** `x86_64-linux-gnu` */
  readonly multiarch: string;
  readonly codename: string;
}

export interface CatalogOptions {
  /** Absolute folder with the file system of the release; default `/`. */
  readonly root?: string;
}

/**
 * The libraries of a release as dpkg-shlibdeps(1) sees them, from the dpkg database of a machine that has them:
 * symbols files before shlibs files, each with the administrator's overrides in /etc/dpkg. Nothing is read before it
 * is asked for, and each file once.
 * @throws VenvdebError DEPENDS_NO_DATABASE
 */
export async function readSystemCatalog(
  target: CatalogTarget,
  options: CatalogOptions = {},
): Promise<LibraryCatalog> {
  const root = openMachineRoot(options.root ?? "/");
  if (root.list("/var/lib/dpkg/info").length === 0) throw noDatabase(target, root);
  const world: World = {
    root,
    architecture: target.architecture,
    folders: readLibraryFolders(root, target.multiarch),
    packages: openPackageFiles(root, target.architecture),
    symbols: new Map(),
  };
  const found = new Map<string, CatalogLibrary | undefined>();
  return {
    find(soname, query) {
      const key = [soname, query.abi.class, query.abi.machine, ...query.searchPath].join("\0");
      if (!found.has(key)) found.set(key, findLibrary(soname, query, world));
      return found.get(key);
    },
  };
}

interface World {
  readonly root: MachineRoot;
  readonly architecture: string;
  readonly folders: readonly string[];
  readonly packages: PackageFiles;
  /** Symbols files read so far, by path. */
  readonly symbols: Map<string, ReadonlyMap<string, LibrarySymbols>>;
}

/** The first file with dependency information; else the first of a package; else the first. */
function findLibrary(soname: string, query: LibraryQuery, world: World): CatalogLibrary | undefined {
  const files = [...query.searchPath, ...world.folders].flatMap(
    (folder) => candidate(posix.join(folder, soname), query.abi, world) ?? [],
  );
  const libraries = files.map((file) => describe(soname, file, world));
  return (
    libraries.find(({ symbols, shlibs }) => symbols !== undefined || shlibs !== undefined) ??
    libraries.find((library) => library.package !== undefined) ??
    libraries[0]
  );
}

interface Candidate {
  readonly path: string;
  readonly real: string;
  /** Its own; objects may ask for a library by its file name instead. */
  readonly soname: string | undefined;
}

function candidate(path: string, abi: ObjectAbi, world: World): Candidate | undefined {
  const real = world.root.resolve(path);
  const library = real === undefined ? undefined : readLibrary(world.root.outside(real), abi);
  return real === undefined || library === undefined ? undefined : { path, real, soname: library.soname };
}

function readLibrary(path: string, abi: ObjectAbi): Pick<ElfObject, "soname"> | undefined {
  try {
    return readElf(path, (object) =>
      object?.class === abi.class &&
      object.littleEndian === abi.littleEndian &&
      object.machine === abi.machine
        ? object
        : undefined,
    );
  } catch {
    // Linker scripts, folders, damaged files: the loader passes them over too.
    return undefined;
  }
}

function describe(soname: string, file: Candidate, world: World): CatalogLibrary {
  const owner = world.packages.findOwner(
    [...spellings(file.path), ...spellings(file.real)],
    file.soname ?? soname,
  );
  if (owner === undefined) return { soname, path: file.path };
  const information =
    readInformation(soname, owner, world) ??
    (file.soname === undefined ? undefined : readInformation(file.soname, owner, world));
  return { soname, path: owner.path, package: owner.package, ...information };
}

function readInformation(
  soname: string,
  owner: FileOwner,
  world: World,
): Pick<CatalogLibrary, "symbols" | "shlibs"> | undefined {
  const symbols = readSymbols(soname, owner, world);
  if (symbols !== undefined) return { symbols };
  const shlibs = readShlibs(soname, owner, world);
  return shlibs === undefined ? undefined : { shlibs };
}

/** With a merged /usr a file has two names, and its package knows one of them. */
function spellings(path: string): string[] {
  if (path.startsWith("/usr/lib")) return [path, path.slice(4)];
  return path.startsWith("/lib") ? [path, `/usr${path}`] : [path];
}

function readSymbols(soname: string, owner: FileOwner, world: World): LibrarySymbols | undefined {
  const folder = "/etc/dpkg/symbols";
  const local = `${folder}/${owner.package}.symbols`;
  const readText = (path: string) => world.root.readText(path);
  const sources = [
    () => parseSymbolsFile(`${local}.${world.architecture}`, readText, world),
    () => parseSymbolsFile(local, readText, world),
    () => parseSymbolsFile(owner.package, (name) => world.packages.readControlFile(name, "symbols"), world),
  ];
  for (const read of sources) {
    const symbols = read().get(soname);
    if (symbols !== undefined) return symbols;
  }
  return undefined;
}

function parseSymbolsFile(
  path: string,
  read: (path: string) => string | undefined,
  world: World,
): ReadonlyMap<string, LibrarySymbols> {
  const known = world.symbols.get(path);
  if (known !== undefined) return known;
  const include = (name: string) => world.root.readText(posix.join(posix.dirname(path), name));
  const parsed = parseSymbols(read(path) ?? "", { architecture: world.architecture, include });
  world.symbols.set(path, parsed);
  return parsed;
}

function readShlibs(soname: string, owner: FileOwner, world: World): string | undefined {
  const texts = [
    world.root.readText("/etc/dpkg/shlibs.override"),
    world.packages.readControlFile(owner.package, "shlibs"),
    world.root.readText("/etc/dpkg/shlibs.default"),
  ];
  for (const text of texts) {
    const dependencies = text === undefined ? undefined : findShlibs(parseShlibs(text), soname);
    if (dependencies !== undefined) return dependencies;
  }
  return undefined;
}

function noDatabase(target: CatalogTarget, root: MachineRoot): VenvdebError {
  return new VenvdebError(
    "DEPENDS_NO_DATABASE",
    `Cannot look up libraries of ${target.codename} in "${root.outside("/")}": it has no dpkg database (wanted: /var/lib/dpkg/info of a Debian or Ubuntu machine)`,
    { hint: "run venvdeb on a machine or in a container of the target's release" },
  );
}
