import type { Head } from "./heads.ts";
import type { PackageIndex } from "./index/types.ts";
import type { Signer } from "./sign/types.ts";
import type { Storage } from "./storage/types.ts";
import type { IndexEdit, Published, ReleaseEntry, RepositorySettings, Suite } from "./types.ts";

export interface OpenRepository {
  readonly storage: Storage;
  readonly settings: RepositorySettings;
  /** Of `venvdeb/repository.json`. */
  readonly settingsVersion: string;
}

/** What a change is made from. */
export interface SuiteView {
  /** Nothing before the first release. */
  readonly head: Head | undefined;
  /** Empty where there is none yet. In a flat repository there is one index, whatever is asked for. */
  index(component: string, architecture: string): Promise<PackageIndex>;
}

export interface PublishOptions {
  readonly signers: readonly Signer[];
  /** Says what would be, and writes nothing. */
  readonly dryRun?: boolean;
  /** `wait`: another publisher was faster, so it starts again. */
  readonly onProgress?: (step: PublishStep) => void;
  /** Publishes although the head's own signature is not one of the keys', as after they were lost. */
  readonly acceptHead?: boolean;
}

export type PublishStep = "read" | "write" | "sign" | "commit" | "finish" | "wait";

/**
 * Publishes a change of one suite. The change is asked for again when another publisher was faster, so it must depend on
 * the view alone. In a flat repository edits of every architecture go to the one index. Pool files must be in place.
 * @throws VenvdebError REPO_BUSY, REPO_DAMAGED, REPO_VERSION_CONFLICT, REPO_BAD_STANZA, REPO_OBJECT_MISSING, and what
 * storage, signers and `change` throw.
 */
export declare function publishSuite(
  repository: OpenRepository,
  suite: Suite,
  change: (view: SuiteView) => Promise<readonly IndexEdit[]>,
  options: PublishOptions,
): Promise<Published>;

/**
 * Publishes what a former release lists as a new one with a newer Date (apt ignores a Release older than the one it has).
 * @throws VenvdebError as `publishSuite`
 */
export declare function republishSuite(
  repository: OpenRepository,
  suite: Suite,
  entries: (view: SuiteView) => Promise<readonly ReleaseEntry[]>,
  options: PublishOptions,
): Promise<Published>;

/**
 * Publishes the head again with new signatures and Date, even when nothing else changes: after a change of keys, or to
 * move Valid-Until. Nothing is published for a suite that never was.
 * @throws VenvdebError as `publishSuite`
 */
export declare function resignSuite(
  repository: OpenRepository,
  suite: Suite,
  options: PublishOptions,
): Promise<Published>;
