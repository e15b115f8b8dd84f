import type { SandboxMode } from "../../sandbox/sandbox.ts";
import type { SandboxLimits } from "../../sandbox/types.ts";
import type { SourceSettings as RepositorySource } from "../../vcs/types.ts";

/** A fleet file, checked and with its defaults. */
export interface Fleet {
  /** Absolute path of the file. */
  readonly file: string;
  readonly repository: FleetRepository;
  readonly build: BuildSettings;
  readonly sources: readonly SourceSettings[];
}

/** What a build may do and cost on this machine. */
export interface BuildSettings {
  readonly sandbox: SandboxMode;
  readonly limits: SandboxLimits;
  /** As `VENVDEB_SHARED_CACHE` has it; that variable goes before it. */
  readonly sharedCache?: string;
}

export interface FleetRepository {
  /** A folder's absolute path, or `s3://bucket/prefix`. */
  readonly url: string;
  /** What is taken out of the suites after each publication; nothing: what the repository's own settings say. */
  readonly retention?: { readonly versions?: number; readonly days?: number };
}

/** One place where a project is developed. */
export interface SourceSettings extends RepositorySource {
  /** Of the fleet, distinct: what messages call it. */
  readonly name: string;
  /** `debian:bookworm/amd64` each; none: the machine that builds. */
  readonly targets: readonly string[];
  /** The first pattern that fits a branch says its suite. */
  readonly branches: readonly RefRule[];
  readonly tags: readonly RefRule[];
  /** How many of the tags that one pattern fits are built: the newest versions. */
  readonly newestTags: number;
  /** `history`: tags and commits say the version. `project`: the project itself says it. */
  readonly version: "history" | "project";
  /** Debian revision; `{codename}` and `{distribution}` stand for the target's. */
  readonly revision: string;
  /** What the project runs to build itself may use the network. */
  readonly buildNetwork?: boolean;
  readonly compression?: "xz" | "zstd" | "gzip" | "none";
}

/** `v*` -> `stable`: the suite as `SUITE` or `SUITE/COMPONENT`, with `{codename}` and `{distribution}`. */
export interface RefRule {
  readonly pattern: string;
  readonly suite: string;
}
