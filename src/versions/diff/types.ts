import type { Migration } from "../../plan/previous-types.ts";

/** What an upgrade from one package to another would do; paths are absolute. */
export interface PackageDiff {
  readonly old: PackageSummary;
  readonly new: PackageSummary;
  readonly direction: "upgrade" | "downgrade" | "same version" | "another package";
  /** Bytes: new less old. */
  readonly sizeChange: { readonly packed: number; readonly installed: number };
  /** Empty where one of the two has no manifest. */
  readonly distributions: readonly DistributionChange[];
  readonly files: readonly FileChange[];
  readonly layers: readonly LayerChange[];
  readonly relations: readonly ChangedText[];
  readonly conffiles: readonly Omit<FileChange, "layer">[];
  /** systemd units, init scripts, cron lines and the like. */
  readonly units: readonly Omit<FileChange, "layer">[];
  /** Members of control.tar that run or are read by dpkg: maintainer scripts, triggers, templates. */
  readonly scripts: readonly NamedChange[];
  /** What the new package's scripts do for older versions. */
  readonly migrations: readonly Migration[];
  readonly hazards: readonly Hazard[];
}

export interface PackageSummary {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Bytes. */
  readonly packed: number;
  readonly installed: number;
  /** Entries that are not directories. */
  readonly files: number;
}

export type Change = "added" | "removed" | "changed";

export interface NamedChange {
  readonly name: string;
  readonly change: Change;
}

export interface DistributionChange {
  readonly name: string;
  readonly change: "added" | "removed" | "upgraded" | "downgraded" | "rebuilt";
  readonly old?: string;
  readonly new?: string;
}

export interface FileChange {
  readonly path: string;
  readonly change: Change;
  /** Of what: the content, the mode, the owner, the kind, the target of a link. */
  readonly what?: string;
  readonly layer: string;
}

/** Files and bytes that one layer gains and loses. */
export interface LayerChange {
  readonly layer: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Bytes: new less old. */
  readonly sizeChange: number;
}

/** One relation field. */
export interface ChangedText {
  readonly field: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What dpkg does not do right by itself; `handled` where the new package's scripts see to it. */
export interface Hazard {
  readonly path: string;
  readonly kind:
    | "kind-change"
    | "symlinked-parent"
    | "conffile-dropped"
    | "conffile-forgotten"
    | "conffile-asks";
  readonly message: string;
  readonly handled: boolean;
}
