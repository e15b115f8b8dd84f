import type { DebArchive } from "../deb/read.ts";
import type { ReadEntry } from "../deb/untar.ts";
import type { Host } from "../effects/host.ts";

/** Something wrong, or doubtful, in a package. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** `lower-case-words`, stable; lintian's begin with `lintian-`. */
  readonly code: string;
  /** Absolute on the machine, where one file is at fault. */
  readonly path?: string;
  readonly message: string;
}

/** One question that is asked of every package. A new one is a file in rules/ and a line in rules.ts. */
export type Rule = (facts: PackageFacts, host: Host) => readonly Finding[] | Promise<readonly Finding[]>;

/** What one pass over the package has found out. Paths are relative to the root, as in the archive. */
export interface PackageFacts {
  readonly archive: DebArchive;
  readonly objects: ReadonlyMap<string, ObjectFacts>;
  /** Paths of more than one member. */
  readonly repeated: readonly string[];
  /** Paths whose parent had no entry when they came. */
  readonly orphans: readonly string[];
}

export interface ObjectFacts extends Omit<ReadEntry, "data"> {
  /** Hex; regular files only, like all that follows. */
  readonly md5?: string;
  /** Base64url without padding, as RECORD has it. */
  readonly sha256?: string;
  /** The first bytes, up to 256. */
  readonly head?: Uint8Array;
  /** The whole text of a RECORD. */
  readonly record?: string;
  /** What `source_hash` of importlib gives for a Python source; absent for releases that we don't know. */
  readonly sourceHash?: string;
  readonly leaks?: readonly Leak[];
}

/** A path of the build machine inside a file. */
export interface Leak {
  readonly text: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
}
