import type { PackageEntry } from "./entry.ts";

/** Bytes of a file or of a link's target; 0 for a folder. */
export function entrySize(entry: PackageEntry): number {
  switch (entry.kind) {
    case "file":
    case "stored":
      return entry.size;
    case "data":
      return entry.data.length;
    case "symlink":
      return Buffer.byteLength(entry.target);
    default:
      return 0;
  }
}
