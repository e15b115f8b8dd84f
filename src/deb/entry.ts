/**
 * One member of the package. `path` is relative to `/`, without a leading slash or `./`
 * (`opt/hello/bin/python3.11`), in UTF-8. Owners are always root:root unless `owner` says otherwise.
 */
export type PackageEntry = FileEntry | DataEntry | StoredEntry | DirectoryEntry | SymlinkEntry;

/** A regular file whose bytes are read from disk when the package is written. */
export interface FileEntry extends EntryBase {
  readonly kind: "file";
  readonly source: string;
  /** Bytes; known when the entry is made, and checked against what is read. */
  readonly size: number;
}

/** A regular file whose bytes are in memory. */
export interface DataEntry extends EntryBase {
  readonly kind: "data";
  readonly data: Uint8Array;
}

/** A regular file of a layer that an earlier build has packed: its bytes are in that tar alone. */
export interface StoredEntry extends EntryBase {
  readonly kind: "stored";
  /** Bytes. */
  readonly size: number;
}

export interface DirectoryEntry extends EntryBase {
  readonly kind: "directory";
}

export interface SymlinkEntry extends EntryBase {
  readonly kind: "symlink";
  readonly target: string;
}

interface EntryBase {
  readonly path: string;
  /** Permission bits: 0o755, 0o644 (symlinks: 0o777). */
  readonly mode: number;
  /** Listed in `conffiles`; everything under `etc/` is one unless made by a maintainer script. */
  readonly conffile?: boolean;
  /** Names of the owning user and group in the archive; default root:root. */
  readonly owner?: { readonly user: string; readonly group: string };
}

/**
 * The files of one source: an installed distribution, the environment's skeleton, the project, the system files.
 * The unit of work and of caching; `directories` comes first in the archive and holds every directory entry.
 */
export interface Layer {
  /** `directories`, `environment`, `system`, `project`, or `dist:<normalised name>`. */
  readonly id: string;
  /** Seconds since the epoch, for every member of the layer. */
  readonly mtime: number;
  /** In byte order of `path`. */
  readonly entries: readonly PackageEntry[];
  /** Its tar, where that is known without reading the entries. */
  readonly packed?: PackedTar;
  /** Whether its tar is worth being kept for the next build. */
  readonly isKept?: boolean;
}

/** The tar of one layer: the headers and bytes of its entries, without a root and without an end. */
export interface PackedTar {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Of regular files: path and hex digest. */
  readonly md5sums: readonly (readonly [path: string, md5: string])[];
}

export type Compression = "xz" | "zstd" | "gzip" | "none";
