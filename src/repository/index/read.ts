import type { Storage } from "../storage/types.ts";
import type { ReleaseEntry } from "../types.ts";
import type { PackageIndex } from "./types.ts";

/**
 * Reads one index of a release by its hash, checked against the size and hash of its entry.
 * @param folder of the Release, ending in a slash or empty
 * @param path of the plain index, relative to the folder: `main/binary-amd64/Packages`
 * @throws VenvdebError REPO_DAMAGED for an object that is missing or has other bytes
 */
export declare function readIndex(
  storage: Storage,
  folder: string,
  path: string,
  entries: readonly ReleaseEntry[],
): Promise<PackageIndex>;
