/** The package before this one; paths are relative to the root, as in `PackageEntry`. */
export interface PreviousPackage {
  readonly name: string;
  readonly version: string;
  /** Path to the SHA-256 of the content. */
  readonly conffiles: Readonly<Record<string, string>>;
  /** Conffiles included. */
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** Path to target. */
  readonly symlinks: Readonly<Record<string, string>>;
  readonly devices: readonly string[];
  /** What it did itself for machines with packages older than it. */
  readonly migrations: readonly Migration[];
}

/**
 * One thing that a maintainer script does, by dpkg-maintscript-helper(1), for what an older package left. Paths are
 * absolute; `through` is the newest version that is migrated from.
 */
export type Migration = MigrationStep & { readonly through: string };

export type MigrationStep =
  | { readonly kind: "rm_conffile"; readonly path: string }
  /** It was dropped once: what was kept of an edited one goes at purge. */
  | { readonly kind: "returned_conffile"; readonly path: string }
  | { readonly kind: "mv_conffile"; readonly path: string; readonly to: string }
  /** `target`: what the link pointed to. `becomes`: what stands in its place now. */
  | {
      readonly kind: "symlink_to_dir";
      readonly path: string;
      readonly target: string;
      readonly becomes: "directory" | "conffile";
    }
  | { readonly kind: "dir_to_symlink"; readonly path: string; readonly target: string };
