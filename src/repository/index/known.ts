import type { Storage } from "../storage/types.ts";
import type { PackageIndex } from "./types.ts";

/**
 * Keeps the indexes that are read and made from now on, so that a command with several steps reads none twice. Not for
 * one that looks for damage.
 */
export function rememberIndexes(storage: Storage): void {
  known.set(storage, new Map());
}

/** The index of this hash of its plain form, if it is remembered. */
export function recallIndex(storage: Storage, sha256: string): PackageIndex | undefined {
  return known.get(storage)?.get(sha256);
}

export function noteIndex(storage: Storage, sha256: string, index: PackageIndex): void {
  known.get(storage)?.set(sha256, index);
}

const known = new WeakMap<Storage, Map<string, PackageIndex>>();
