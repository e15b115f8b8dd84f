import type { SourceSettings } from "./fleet/types.ts";

/** What is known of a source now: `planSync` is pure on it. */
export interface SourceState {
  readonly source: SourceSettings;
  /** What of its refs is wanted, each at its commit; a source that was not reached has none. */
  readonly heads: readonly Head[];
  /** Why it was not reached. */
  readonly failure?: Failure;
}

/** One branch or tag that a rule of the source wants, and what is at its commit. */
export interface Head {
  readonly ref: RefName;
  /** Suites with placeholders, as the rules have them. */
  readonly suites: readonly string[];
  /** Full identifier. */
  readonly commit: string;
  /** Of the files below the source's path, whatever the commit; nothing when they could not be read. */
  readonly tree?: string;
  /** What history says; absent where the project says its version itself. */
  readonly version?: HistoryVersion;
  /** Seconds since 1970. */
  readonly date?: number;
  /** Why the commit could not be read. */
  readonly failure?: Failure;
}

export interface RefName {
  readonly kind: "branch" | "tag";
  readonly name: string;
}

export interface HistoryVersion {
  /** PEP 440, for setuptools-scm and its kin. */
  readonly upstream: string;
  /** Debian's upstream version. */
  readonly debian: string;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Everything that a run will do, as data: the form of `--plan json`. */
export interface SyncPlan {
  readonly format: 1;
  /** Version of venvdeb, part of every key. */
  readonly tool: string;
  readonly repository: string;
  /** What needs no work is here too, with its reason. In the order of sources, refs and targets. */
  readonly jobs: readonly SyncJob[];
  /** One for each suite that gets packages, after the jobs that it names. */
  readonly publications: readonly Publication[];
  readonly failures: readonly SourceFailure[];
}

/** One package to be, for one target. */
export interface SyncJob {
  /** SHA-256 of what goes into the package: source tree, settings, version, target, tool. 64 hexadecimal digits. */
  readonly key: string;
  readonly source: string;
  readonly kind: SourceSettings["kind"];
  readonly url: string;
  readonly path?: string;
  /** Which refs want it: several when a tag and a branch are at one tree. */
  readonly refs: readonly RefName[];
  readonly commit: string;
  readonly date?: number;
  readonly target: string;
  readonly version?: HistoryVersion;
  readonly revision: string;
  readonly compression?: SourceSettings["compression"];
  /** Where it is to be listed: `SUITE` or `SUITE/COMPONENT`. */
  readonly suites: readonly string[];
  /**
   * `build`; `publish`: it is built and not yet published everywhere; `none`: it is published; `wait`: it failed, and
   * its time to try again has not come.
   */
  readonly action: "build" | "publish" | "none" | "wait";
  /** A sentence: why it runs, or why not. */
  readonly reason: string;
}

export interface Publication {
  /** `SUITE` or `SUITE/COMPONENT`. */
  readonly suite: string;
  /** Keys whose packages it lists. */
  readonly keys: readonly string[];
}

export interface SourceFailure extends Failure {
  readonly source: string;
  readonly ref?: RefName;
}

/** What has been built and published: kept beside the repository, so that every builder knows it. */
export interface PublishedState {
  readonly format: 1;
  readonly keys: Readonly<Record<string, PublishedKey>>;
}

export interface PublishedKey {
  readonly source: string;
  readonly commit: string;
  /** When it was first published, seconds since 1970. */
  readonly time: number;
  readonly packages: readonly PublishedPackage[];
  /** Suite (with component) to the release that first listed it. */
  readonly suites: Readonly<Record<string, string>>;
}

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
}

/** A job that failed, as it is kept until it succeeds or nothing wants it. */
export interface KeptFailure extends Failure {
  readonly key: string;
  readonly source: string;
  readonly refs: readonly RefName[];
  readonly commit: string;
  readonly target: string;
  /** Absolute path of the whole output. */
  readonly log: string;
  readonly attempts: number;
  /** Seconds since 1970. */
  readonly time: number;
}
