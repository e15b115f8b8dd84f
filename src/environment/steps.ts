import type { Host } from "../effects/host.ts";
import type { Store } from "../cache/store.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { Reporter } from "../reporter.ts";
import type { Installer, WheelToInstall } from "./installers/types.ts";
import type { KnownTools } from "./kept-tools.ts";
import type { Replacement } from "../relocate/text.ts";

/** What every step of making an environment works with. */
export interface StepContext {
  readonly plan: PackagePlan;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly installer: Installer;
  readonly jobs: number;
  /** Absolute: `<root><environmentPath>`. */
  readonly environment: string;
  /** Absolute, private, removed at the end. */
  readonly scratch: string;
  /** What earlier builds have made. */
  readonly store?: Store;
  readonly tools?: KnownTools;
  /** Nothing that an earlier build has made is used, wheels neither. */
  readonly isFresh?: boolean;
}

/** A wheel on its way in, and where it is from. */
export interface Acquired {
  readonly wheel: WheelToInstall;
  /** As locked; absent where a direct source names none. */
  readonly version?: string;
  readonly origin: "index" | "built" | "project";
  /** Of the wheel or the source archive. */
  readonly sha256?: string;
  /** Seconds since the epoch. */
  readonly uploadTime?: number;
  /** Build folders that may stand in its files, and what to write instead. */
  readonly replacements: readonly Replacement[];
  /** SHA-256 of each file of the source that it was built from. */
  readonly sourceFiles: ReadonlySet<string>;
  /** What the backend of a folder, which may change, asked for besides the requirements in its settings. */
  readonly further?: readonly string[];
}

/** A wheel, where it was built, and the digests of what it was built from. */
export interface BuiltWheel {
  readonly path: string;
  readonly folder: string;
  readonly sourceFiles: ReadonlySet<string>;
  /** What its backend asked for besides the requirements in its settings, where it was built just now. */
  readonly further?: readonly string[];
}
