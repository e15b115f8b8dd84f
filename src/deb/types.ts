import type { Compression, Layer, PackedTar } from "./entry.ts";

/** A member of control.tar that is not derived from the entries: a maintainer script, triggers, templates. */
export interface ControlFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** 0o755 for scripts, 0o644 for the rest. */
  readonly mode: number;
}

/** The fields of a binary package's control file (Policy 5.3); relations are one string each, `libc6 (>= 2.36)`. */
export interface ControlFields {
  readonly package: string;
  readonly version: string;
  readonly architecture: string;
  /** `Name <address>`. */
  readonly maintainer: string;
  /** KiB; writeDeb computes it. */
  readonly installedSize?: number;
  readonly preDepends?: readonly string[];
  readonly depends?: readonly string[];
  readonly recommends?: readonly string[];
  readonly suggests?: readonly string[];
  readonly enhances?: readonly string[];
  readonly breaks?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly replaces?: readonly string[];
  readonly provides?: readonly string[];
  readonly section: string;
  readonly priority: string;
  readonly homepage?: string;
  /** One line, without the package name (Policy 3.4.1). */
  readonly synopsis: string;
  /** Further paragraphs as plain text, divided by blank lines; indented lines are kept as they are. */
  readonly description?: string;
  /** Fields of one's own (`XB-…` without the prefix), put before Description. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** All that goes into one package. conffiles, md5sums and Installed-Size are derived from the layers. */
export interface DebContents {
  readonly control: ControlFields;
  readonly controlFiles: readonly ControlFile[];
  readonly layers: readonly Layer[];
  readonly compression: Compression;
  /** Seconds since the epoch, for the archive's own members and control.tar. */
  readonly timestamp: number;
}

export interface BuiltPackage {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** KiB. */
  readonly installedSize: number;
  readonly layers: readonly BuiltLayer[];
  /** The tars of the layers by their ids, where a store was given. */
  readonly packed: ReadonlyMap<string, PackedTar>;
}

export interface BuiltLayer {
  readonly id: string;
  /** Entries that are not directories. */
  readonly files: number;
  readonly installedBytes: number;
  /** Its part of data.tar; layers that share a segment share its size by their bytes. */
  readonly compressedBytes: number;
}
