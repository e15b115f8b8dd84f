import type { PackedTar, StoredEntry, SymlinkEntry } from "../deb/entry.ts";
import type { ObjectFacts } from "../dependencies/types.ts";
import type { LicenseText } from "../documents/license-text.ts";

/** The staged, relocated environment, ready to be cut into layers. */
export interface BuiltEnvironment {
  /** Absolute; stands for `/` of the machine: the tree is `<root><plan.environmentPath>`. */
  readonly root: string;
  /** Sorted by name. The project itself is one of them unless its kind is `none`. */
  readonly distributions: readonly InstalledDistribution[];
  /** Files of the environment that belong to no distribution (pyvenv.cfg, bin/activate, links, …), relative to it. */
  readonly skeleton: readonly string[];
  /** What backends of folders asked for besides the requirements in their settings. */
  readonly further?: readonly string[];
}

/** One distribution of the environment (PEP 376, PEP 427). */
export interface InstalledDistribution {
  /** Normalised by PEP 503. */
  readonly name: string;
  /** As its METADATA spells it. */
  readonly displayName: string;
  readonly version: string;
  /** `index`: a wheel taken as published. `built`: compiled here from source. `project`: the project itself. */
  readonly origin: "index" | "built" | "project";
  /** Digest of the wheel or sdist it came from, where known. */
  readonly sha256?: string;
  /** Seconds since the epoch, where the lock gives it. */
  readonly uploadTime?: number;
  /** Relative to the environment: `lib/python3.11/site-packages/numpy-2.1.0.dist-info`. */
  readonly distInfo: string;
  /** Every file that it owns, relative to the environment, sorted, bytecode included. */
  readonly files: readonly string[];
  readonly metadata: DistributionMetadata;
  /** Modules among its files that are no Python of this version: they have no bytecode. */
  readonly uncompiled?: readonly string[];
  /** Its layer as an earlier build has made it: then none of its files is staged. */
  readonly kept?: KeptLayer;
  /** The key under which its layer may be kept; absent where what it is depends on more than itself. */
  readonly layerKey?: string;
}

/** All that a build needs of a distribution which an earlier build has installed, read and packed. Plain JSON. */
export interface KeptLayer {
  readonly entries: readonly (StoredEntry | SymlinkEntry)[];
  readonly packed: PackedTar;
  readonly distribution: Omit<InstalledDistribution, "kept" | "layerKey">;
  readonly objects: readonly ObjectFacts[];
  readonly licenseTexts: readonly LicenseText[];
}

/** What documents (copyright, SBOM) need of METADATA (core metadata specification). */
export interface DistributionMetadata {
  readonly summary?: string;
  /** SPDX expression, or the free text of License, or from classifiers. */
  readonly license?: string;
  readonly licenseFiles: readonly string[];
  readonly homepage?: string;
  readonly author?: string;
  /** Requires-Dist lines, verbatim. */
  readonly requires: readonly string[];
  /** Requires-Python, a version specifier. */
  readonly requiresPython?: string;
}
