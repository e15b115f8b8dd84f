import { suiteFolder, type Head } from "../heads.ts";
import { EMPTY_INDEX } from "../index/package-index.ts";
import { readIndex } from "../index/read.ts";
import type { PackageIndex } from "../index/types.ts";
import type { Storage } from "../storage/types.ts";
import type { ReleaseEntry, RepositorySettings, Suite } from "../types.ts";
import { findPlace, indexPlaces } from "./places.ts";

/** What a change is made from. */
export interface SuiteView {
  /** Nothing before the first release. */
  readonly head: Head | undefined;
  /** Empty where there is none yet. In a flat repository there is one index, whatever is asked for. */
  index(component: string, architecture: string): Promise<PackageIndex>;
}

/** Gives an index by the path of its plain form. */
export type IndexReader = (path: string) => Promise<PackageIndex>;

/**
 * The indexes that a release lists, each read once.
 * @throws VenvdebError REPO_DAMAGED from the reader
 */
export function indexReader(storage: Storage, folder: string, entries: readonly ReleaseEntry[]): IndexReader {
  const indexes = new Map<string, Promise<PackageIndex>>();
  return async (path) => {
    const index = indexes.get(path) ?? readIndex(storage, folder, path, entries);
    indexes.set(path, index);
    return await index;
  };
}

/** What is published of a suite now: for lists, and for what a change is made from. */
export function suiteView(
  storage: Storage,
  settings: RepositorySettings,
  suite: Suite,
  head: Head | undefined,
): SuiteView {
  return viewOf(settings, suite, head, headReader(storage, settings, suite, head));
}

/** Reads the indexes of a head. */
export function headReader(
  storage: Storage,
  settings: RepositorySettings,
  suite: Suite,
  head: Head | undefined,
): IndexReader {
  return indexReader(storage, suiteFolder(settings, suite), head?.release.entries ?? []);
}

/** The view of a head whose indexes somebody else reads too. */
export function viewOf(
  settings: RepositorySettings,
  suite: Suite,
  head: Head | undefined,
  read: IndexReader,
): SuiteView {
  const places = indexPlaces(settings, suite);
  return {
    head,
    index: async (component, architecture) => {
      const place = findPlace(places, component, architecture);
      return place === undefined ? EMPTY_INDEX : await read(place.path);
    },
  };
}
