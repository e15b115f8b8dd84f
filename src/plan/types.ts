import type { Compression } from "../deb/entry.ts";
import type { BuildHistory } from "../vcs/build-history.ts";
import type { PreviousPackage } from "./previous-types.ts";
import type {
  DirectoryPlan,
  GeneratedFilePlan,
  JobPlan,
  LinkPlan,
  OwnScriptName,
  RotationPlan,
  ServicePlan,
  ShippedFile,
  SystemUser,
  TriggersPlan,
} from "./system-types.ts";

/**
 * Everything that will be built, as plain, serialisable, read-only data. Made by pure code from Config, Project,
 * Target and timestamp (src/plan/assemble.ts); nothing later looks at the configuration again.
 */
export interface PackagePlan {
  readonly planVersion: 1;
  readonly package: PackageIdentity;
  readonly target: Target;
  readonly project: ProjectSource;
  /** `false`: there is none, and nothing of the package is run by Python. */
  readonly hasEnvironment: boolean;
  /** Where the environment is on the machine: `/opt/<name>`. */
  readonly environmentPath: string;
  /** What units, links and cron lines refer to; equal to `environmentPath` in the in-place layout. */
  readonly stablePath: string;
  readonly requirements: RequirementsPlan;
  readonly installer: "uv" | "pip" | "auto";
  readonly relations: Relations;
  readonly shlibs: ShlibsPolicy;
  readonly users: readonly SystemUser[];
  readonly services: readonly ServicePlan[];
  readonly generated: readonly GeneratedFilePlan[];
  readonly links: readonly LinkPlan[];
  readonly files: readonly ShippedFile[];
  readonly jobs: readonly JobPlan[];
  readonly rotations: readonly RotationPlan[];
  readonly directories: readonly DirectoryPlan[];
  readonly triggers: TriggersPlan;
  readonly scripts: Readonly<Partial<Record<OwnScriptName, string>>>;
  /** Ship `/usr/bin/<name>-ctl`. */
  readonly operatorCommand: boolean;
  /** Conffiles that have a new place: absolute old path to absolute new path. */
  readonly renames: Readonly<Record<string, string>>;
  /** What the machines have now, where `--previous` names it. */
  readonly previous?: PreviousPackage;
  readonly compression: Compression;
  /** Seconds since the epoch: SOURCE_DATE_EPOCH, else the commit's time, else the newest file's. */
  readonly timestamp: number;
  /** The version control that the project is from, where the builder knows it. */
  readonly history?: BuildHistory;
}

export interface PackageIdentity {
  readonly name: string;
  /** Whole Debian version: `[epoch:]upstream-revision` (deb-version(7)). */
  readonly version: string;
  /** `auto` becomes `all` when nothing in the tree depends on the machine, else the target's. */
  readonly architecture: "auto" | "all" | "any";
  readonly section: string;
  readonly priority: string;
  /** `Name <address>` (Policy 5.6.2). */
  readonly maintainer: string;
  readonly homepage?: string;
  /** One line, without the package name (Policy 3.4.1). */
  readonly synopsis: string;
  /** Further paragraphs, plain text, may be empty. */
  readonly description: string;
}

/** What is built for: release, architecture, interpreter. */
export interface Target {
  readonly distribution: "debian" | "ubuntu";
  readonly codename: string;
  /** Debian's name: amd64, arm64, i386, armhf, … */
  readonly architecture: string;
  /** Empty facts where the plan has no environment. */
  readonly python: InterpreterFacts;
}

/** Facts of the target's `/usr/bin/python3.X`. */
export interface InterpreterFacts {
  /** `3.11` */
  readonly minor: string;
  /** `3.11.2` */
  readonly full: string;
  /** `/usr/bin/python3.11` */
  readonly path: string;
  /** `cpython-311` */
  readonly cacheTag: string;
  /** `.cpython-311-x86_64-linux-gnu.so` */
  readonly extensionSuffix: string;
  /** `x86_64-linux-gnu` */
  readonly multiarch: string;
  /** PEP 508 environment markers. */
  readonly markers: Readonly<Record<string, string>>;
  /** Wheel tags it accepts (PEP 425), best first. */
  readonly tags: readonly string[];
}

export interface ProjectSource {
  /** Absolute folder of the project. */
  readonly directory: string;
  /** `wheel`: built by its PEP 517 backend. `none`: only requirements, nothing of the project is installed. */
  readonly kind: "wheel" | "none";
  /** Normalised by PEP 503. */
  readonly name: string;
  /** As the project gives it (PEP 440). */
  readonly version: string;
  readonly license?: string;
}

/** What goes into the environment besides the project. */
export type RequirementsPlan =
  | {
      readonly kind: "locked";
      /** The lock file, relative to the project. */
      readonly file: string;
      readonly distributions: readonly LockedDistribution[];
    }
  | {
      readonly kind: "loose";
      /** PEP 508 lines of the project's metadata, extras and groups applied. */
      readonly requirements: readonly string[];
      /** requirements.txt files, absolute. */
      readonly files: readonly string[];
    };

/** One exactly known distribution. */
export interface LockedDistribution {
  /** Normalised by PEP 503. */
  readonly name: string;
  /** Absent only where a direct source names no version. */
  readonly version?: string;
  readonly source:
    | { readonly kind: "index"; readonly index?: string; readonly files: readonly LockedFile[] }
    | { readonly kind: "url"; readonly url: string; readonly sha256?: string; readonly subdirectory?: string }
    | {
        readonly kind: "vcs";
        readonly vcs: "git" | "hg" | "svn" | "bzr";
        readonly url: string;
        readonly commit: string;
        readonly subdirectory?: string;
      }
    | { readonly kind: "directory"; readonly path: string };
}

/** One wheel or sdist that the lock allows. */
export interface LockedFile {
  /** Empty, and no place either, where the lock (requirements with hashes) gives only digests. */
  readonly filename: string;
  readonly url?: string;
  /** Absolute, for a file of a local folder. */
  readonly path?: string;
  /** Algorithm to hex digest. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Seconds since the epoch, where the lock gives it. */
  readonly uploadTime?: number;
}

export interface Relations {
  readonly depends: readonly string[];
  readonly preDepends: readonly string[];
  readonly recommends: readonly string[];
  readonly suggests: readonly string[];
  readonly conflicts: readonly string[];
  readonly breaks: readonly string[];
  readonly replaces: readonly string[];
  readonly provides: readonly string[];
}

export interface ShlibsPolicy {
  /** Sonames that may stay unresolved: exact or with `*`. */
  readonly ignore: readonly string[];
  /** Normalised distributions whose library relations go to Recommends. */
  readonly recommends: readonly string[];
}
