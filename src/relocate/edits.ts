/** What relocation did to an environment, path by path relative to it: RECORD follows. */
export interface Edits {
  readonly changed: Set<string>;
  readonly removed: Set<string>;
}

/** The place that is being moved. */
export interface Move {
  /** Absolute, where the environment is now. */
  readonly environment: string;
  /** Absolute, where it will be: `/opt/<name>`. */
  readonly finalPath: string;
  /** Other spellings of `environment` that may have been written into files: its real path. */
  readonly aliases: readonly string[];
  /** `python3.11` */
  readonly python: string;
}
