import type { Compression } from "../deb/entry.ts";

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

export interface SystemUser {
  readonly name: string;
  readonly group: string;
  /** Further groups the user is put into. */
  readonly groups: readonly string[];
  readonly home: string;
}

export interface ServicePlan {
  /** Unit name without `.service`. */
  readonly unit: string;
  readonly description: string;
  /** Argument vector; the first is absolute. */
  readonly command: readonly string[];
  readonly user: string;
  readonly group: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute; read if present. */
  readonly environmentFile?: string;
  readonly workingDirectory?: string;
  readonly restart: "no" | "on-failure" | "always";
  readonly enable: boolean;
  readonly start: boolean;
  readonly onUpgrade: "restart" | "leave";
  /** Folders below /var/lib, /var/log, /var/cache, /run that systemd makes for the user. */
  readonly stateDirectory?: string;
  readonly logsDirectory?: string;
  readonly cacheDirectory?: string;
  readonly runtimeDirectory?: string;
}

export interface LinkPlan {
  /** Absolute, `/usr/bin/hello`. */
  readonly path: string;
  /** Absolute, `/opt/hello/bin/hello`. */
  readonly target: string;
}

export interface ShippedFile {
  /** Absolute on the machine. */
  readonly path: string;
  /** Absolute in the project. */
  readonly source: string;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
  readonly conffile: boolean;
}

/** A file that is made on the machine, of a template, fragments and values. */
export interface GeneratedFilePlan {
  readonly id: string;
  /** Absolute, below /etc. */
  readonly output: string;
  /** The template's text. */
  readonly template: string;
  /** Absolute folders of fragments. */
  readonly from: readonly string[];
  /** Of every key that is not asked for. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly questions: readonly QuestionPlan[];
  /** Unit name, without `.service`. */
  readonly reload?: string;
  /** Permission bits of a new file. */
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
}

/** One question of debconf (debconf-devel(7)). */
export interface QuestionPlan {
  /** The template's key whose value it gives. */
  readonly key: string;
  /** `hello/port` */
  readonly name: string;
  readonly type: "string" | "boolean" | "select" | "password";
  readonly description: string;
  readonly help?: string;
  readonly default: string;
  readonly choices: readonly string[];
  readonly priority: "low" | "medium" | "high" | "critical";
}

export type MaintainerScriptName = "preinst" | "postinst" | "prerm" | "postrm";

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
/** What a project may write for its own: the maintainer scripts, and the hook of upgrades. */
export type OwnScriptName = MaintainerScriptName | "migrate";

/** A job that runs by the clock. */
export interface JobPlan {
  /** Of its file or unit: `hello-clean-up`. */
  readonly name: string;
  /** Five fields or a nickname, one blank between fields. */
  readonly schedule: string;
  /** Argument vector; the first is absolute. */
  readonly command: readonly string[];
  readonly user: string;
  readonly group: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `OnCalendar=` values of a systemd timer; absent: a line for cron. */
  readonly calendar?: readonly string[];
}

/** A file for logrotate(8). */
export interface RotationPlan {
  /** Of its file: `hello-access`. */
  readonly name: string;
  /** Absolute, with patterns. */
  readonly paths: readonly string[];
  readonly frequency: "hourly" | "daily" | "weekly" | "monthly" | "yearly";
  readonly rotate: number;
  readonly size?: string;
  readonly compress: boolean;
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
  readonly copyTruncate: boolean;
  /** Argument vector; the first is absolute. */
  readonly postRotate?: readonly string[];
}

/** A folder for data. */
export interface DirectoryPlan {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
  /** Removed by a purge with all that is in it. */
  readonly purge: boolean;
}

/** The package's own triggers: names as deb-triggers(5) has them. */
export interface TriggersPlan {
  readonly interest: readonly string[];
  readonly interestNoawait: readonly string[];
  readonly activate: readonly string[];
  readonly activateNoawait: readonly string[];
  /** Argument vector, the names that fired come after it; the first is absolute. */
  readonly command?: readonly string[];
}
