import type { BuiltLayer } from "./deb/types.ts";
import type { Compression } from "./deb/entry.ts";
import type { Host } from "./effects/host.ts";
import type { Reporter } from "./reporter.ts";
import type { BuildHistory } from "./vcs/build-history.ts";
import type { HistoryVersion } from "./vcs/version.ts";

/** What `venvdeb build` asks for: the settings that the command line may override, and the world. */
export interface BuildOptions extends PlanOptions {
  /** Absolute folder that receives the package; made when missing. */
  readonly output: string;
  /** Programs that may run at once, at least 1. */
  readonly jobs: number;
  /** Make everything, and keep nothing of it. */
  readonly noCache?: boolean;
}

/** What `venvdeb plan` asks for. */
export interface PlanOptions {
  /** Absolute folder of the project. */
  readonly directory: string;
  /** `debian:bookworm` or `debian:bookworm/amd64`; absent: this machine's. */
  readonly target?: string;
  readonly revision?: string;
  /** What history says, in the place of what the project and its settings say. */
  readonly version?: HistoryVersion;
  readonly compression?: Compression;
  /**
   * The package that the machines have now, `REPOSITORY#SUITE` that has it, or a file (.json) in which `sync` has
   * described it. What it leaves behind is migrated.
   */
  readonly previous?: string;
  /** The version control that the project is from, for the package to say. */
  readonly history?: BuildHistory;
  readonly host: Host;
  readonly reporter: Reporter;
}

/** The file of one package. */
export interface PackageFile {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** KiB, as in the control file (Policy 5.6.20). */
  readonly installedSize: number;
  readonly package: { readonly name: string; readonly version: string; readonly architecture: string };
}

/** One finished package. */
export interface BuildReport extends PackageFile {
  readonly layers: readonly BuiltLayer[];
  /** Nothing that it is made of has changed, so the package that was there stayed. */
  readonly unchanged?: true;
}
