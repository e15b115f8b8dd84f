/** One relation of the package and why it is there; stored as JSON in the package, rendered by explain.ts. */
export interface ExplainedRelation {
  /** As in the control file (Policy 7.1): `libpq5 (>= 10~~)`. */
  readonly relation: string;
  readonly field: "Depends" | "Recommends";
  readonly reasons: readonly RelationReason[];
}

export interface RelationReason {
  /** Normalised by PEP 503; absent for an object of no distribution. */
  readonly distribution?: string;
  /** Relative to `/` of the machine. */
  readonly object?: string;
  /** SONAME as the object asks for it: `libpq.so.5`. */
  readonly library?: string;
  /** What decided it, as a clause: `needs PQencryptPasswordConn, there since 10~~`. */
  readonly detail: string;
}

export interface ResolvedDependencies {
  /** By field, then by relation. */
  readonly relations: readonly ExplainedRelation[];
  readonly warnings: readonly DependencyWarning[];
  /**
   * Libraries of other packages that the tree loads, sorted: absolute paths as their packages spell them (a file
   * trigger compares text), and the other spelling too where /usr is merged and a later release may move the file.
   */
  readonly libraries: readonly string[];
}

export interface DependencyWarning {
  readonly message: string;
  readonly hint?: string;
}

/** What an object was compiled for: `e_ident`, `e_machine`, `e_flags` (ELF specification). */
export interface ObjectAbi {
  readonly class: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_machine`: 62 is x86-64. */
  readonly machine: number;
  /** `e_flags`, processor-specific. */
  readonly flags: number;
  /** `EI_OSABI`: 0 System V, 3 GNU/Linux. */
  readonly osAbi: number;
}

/** The versions that an object wants of one library (`.gnu.version_r`). */
export interface VersionNeed {
  /** SONAME. */
  readonly library: string;
  /** In the file's order: `GLIBC_2.2.5`. */
  readonly versions: readonly string[];
}

/** Which C library an object was linked with, as far as it can be seen. */
export type LibcHint = "glibc" | "musl" | "android" | "none";

/** What is known of one ELF file of the tree: plain data, kept with its layer. */
export interface ObjectFacts {
  /** Relative to `/` of the machine: `opt/hello/lib/python3.11/site-packages/…`. */
  readonly path: string;
  /** Normalised by PEP 503. */
  readonly distribution?: string;
  readonly abi: ObjectAbi;
  readonly libc: LibcHint;
  readonly soname?: string;
  /** SONAMEs, in link order. */
  readonly needed: readonly string[];
  /** DT_RUNPATH, else DT_RPATH, as written: with `$ORIGIN`. */
  readonly searchPath: readonly string[];
  readonly versionNeeds: readonly VersionNeed[];
  /** Undefined symbols as symbols files spell them, `name@VERSION` or `name@Base`; those of glibc and of the interpreter's API are left out. */
  readonly symbols: readonly string[];
  /** Why the file could not be read, though it begins like an ELF object; then all lists are empty. */
  readonly broken?: string;
}

/** The libraries of a release, looked up as they are asked for. Made by catalog.ts; a plain object in tests. */
export interface LibraryCatalog {
  /** What a machine of the release loads for a SONAME; `undefined` when there is none. */
  find(soname: string, query: LibraryQuery): CatalogLibrary | undefined;
}

export interface LibraryQuery {
  readonly abi: ObjectAbi;
  /** Absolute folders to look into before the system's own. */
  readonly searchPath: readonly string[];
}

export interface CatalogLibrary {
  readonly soname: string;
  /** Absolute, as its package spells it; as found when it is in no package. */
  readonly path: string;
  /** The owning package, without architecture; absent for a file of no package. */
  readonly package?: string;
  /** From the package's symbols file (deb-symbols(5)), where it has one for the SONAME. */
  readonly symbols?: LibrarySymbols;
  /** From the shlibs files (deb-shlibs(5)), where the symbols file has nothing. */
  readonly shlibs?: string;
}

/** One library's part of a symbols file. */
export interface LibrarySymbols {
  /** Dependency templates, main one first: `libpq5 #MINVER#`. */
  readonly templates: readonly string[];
  /** The lowest minimal version of the symbols of the main template. */
  readonly smallestVersion?: string;
  /** Whether version nodes are symbols of their own (`GLIBC_2.36@GLIBC_2.36`), so that a missing one is known to be missing. */
  readonly listsVersions: boolean;
  /** `Build-Depends-Package(s)`: the -dev packages whose required version raises the minimum. */
  readonly buildDependsPackages: readonly string[];
  /** `name@VERSION` to what it asks for. */
  lookup(symbol: string): SymbolNeed | undefined;
}

export interface SymbolNeed {
  readonly minimalVersion: string;
  /** Index into `templates`. */
  readonly template: number;
}
