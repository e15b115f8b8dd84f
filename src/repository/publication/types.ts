import type { PackageEdit, PackageIndex } from "../index/types.ts";
import type { Storage } from "../storage/types.ts";
import type { IndexedPackage, IndexEdit, ReleaseEntry, RepositorySettings, Suite } from "../types.ts";
import type { IndexPlace } from "./places.ts";
import type { IndexReader } from "./view.ts";

/** What a release is made from. */
export interface DraftRequest {
  /** The entries that the edits apply to: the head's, or those of a release to go back to. */
  readonly base: readonly ReleaseEntry[];
  readonly edits: readonly IndexEdit[];
}

/** A release that is not written yet. */
export interface Draft {
  readonly entries: readonly ReleaseEntry[];
  /** What has to be there before; paths are of the storage. */
  readonly objects: readonly { readonly path: string; readonly bytes: Buffer }[];
  readonly added: readonly IndexedPackage[];
  readonly removed: readonly IndexedPackage[];
}

/** One index of a draft, and what makes it of the head's. */
export interface IndexDraft {
  readonly place: IndexPlace;
  readonly entries: readonly ReleaseEntry[];
  readonly objects: Draft["objects"];
  readonly difference: PackageEdit;
  /** Read when it is asked for. */
  readonly index: () => Promise<PackageIndex>;
}

/** What a draft is made in. */
export interface DraftPlace {
  readonly storage: Storage;
  readonly settings: RepositorySettings;
  readonly suite: Suite;
  readonly headEntries: readonly ReleaseEntry[];
  /** Of the head's indexes. */
  readonly readHeadIndex: IndexReader;
}

/** What a tail is written for. */
export interface TailPlace {
  readonly storage: Storage;
  readonly settings: RepositorySettings;
  readonly suite: Suite;
}
