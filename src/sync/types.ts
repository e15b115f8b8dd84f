import type { HistoryDescription } from "../vcs/types.ts";
import type { HistoryVersion } from "../vcs/version.ts";
import type { SourceSettings } from "./fleet/types.ts";

type Compression = NonNullable<SourceSettings["compression"]>;

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
  /** Where it is in the history of versions. */
  readonly description?: HistoryDescription;
  /** Why the commit could not be read. */
  readonly failure?: Failure;
}

export interface RefName {
  readonly kind: "branch" | "tag";
  readonly name: string;
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
  /** The key without what was published before; mostly the same. */
  readonly base: string;
  readonly source: string;
  readonly kind: SourceSettings["kind"];
  readonly url: string;
  readonly path?: string;
  readonly submodules?: boolean;
  /** What the project runs to build itself may use the network. */
  readonly buildNetwork?: boolean;
  /** Which refs want it: several when a tag and a branch are at one tree. */
  readonly refs: readonly RefName[];
  readonly commit: string;
  /** Of the commit before, from which the changelog goes on. */
  readonly since?: string;
  readonly target: string;
  /** What history says; absent where the project says its version itself. */
  readonly version?: HistoryVersion;
  readonly revision: string;
  readonly compression?: Compression;
  /** Identifier of source and target, as in what is published. */
  readonly line: string;
  readonly tree: string;
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
  /** Keys whose packages are to be listed there. */
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
  readonly base: string;
  readonly source: string;
  /** Identifier of source and target: what of them is newer or older can be compared. */
  readonly line: string;
  readonly refs: readonly RefName[];
  readonly commit: string;
  readonly tree: string;
  readonly target: string;
  /** Debian's upstream version, of history. */
  readonly version?: string;
  readonly revision: string;
  readonly tool: string;
  /** When it was published last, seconds since 1970. */
  readonly time: number;
  readonly packages: readonly PublishedPackage[];
  /** `SUITE` or `SUITE/COMPONENT`, to the release that first listed it. */
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
