import type { TomlTable } from "../../toml.ts";

/** A uv.lock in memory. */
export interface UvLock {
  readonly file: string;
  /** The folder that its relative paths are of. */
  readonly directory: string;
  readonly table: TomlTable;
  readonly packages: readonly UvPackage[];
}

/** One `[[package]]`. */
export interface UvPackage {
  /** uv writes it normalised. */
  readonly name: string;
  readonly version?: string;
  readonly source: TomlTable;
  readonly table: TomlTable;
}
