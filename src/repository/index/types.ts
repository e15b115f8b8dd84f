import type { XzRecord } from "../../deb/xz.ts";
import type { IndexCompression, IndexedPackage } from "../types.ts";

/** The packages of one `Packages` file, in its order: name, Debian version, architecture, SHA-256. Never changed in place. */
export interface PackageIndex {
  /** The pieces that are compressed, and kept, each by itself. */
  readonly chunks: readonly IndexChunk[];
  /** Every version of a package, the oldest first. */
  find(name: string): IndexedPackage[];
  packages(): Iterable<IndexedPackage>;
  /**
   * The index after a change, this same object when nothing changes: removed are packages of the same name, version,
   * architecture and hash; an added one takes the place of such a one.
   * @throws VenvdebError REPO_BAD_STANZA when a stanza is not one of the package it is added for.
   */
  edited(edit: PackageEdit): PackageIndex;
}

export interface PackageEdit {
  readonly add: readonly IndexedPackage[];
  readonly remove: readonly IndexedPackage[];
}

/** Consecutive stanzas, each followed by an empty line, with their compressed forms as far as they are known. */
export interface IndexChunk {
  readonly text: Buffer;
  /** One gzip member. */
  readonly gz?: Buffer;
  readonly xz?: XzBlocks;
}

/** Consecutive blocks of an xz stream with their padding; mostly one. */
export interface XzBlocks {
  readonly bytes: Buffer;
  readonly records: readonly XzRecord[];
}

/** One stored form of an index. */
export interface RenderedForm {
  readonly compression: IndexCompression;
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Absent for the plain form where it is listed only. */
  readonly bytes?: Buffer;
}
