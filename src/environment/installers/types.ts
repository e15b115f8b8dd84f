import type { Host } from "../../effects/host.ts";
import type { InterpreterFacts, LockedDistribution } from "../../plan/types.ts";
import type { Reporter } from "../../reporter.ts";

/** What every installer needs to know. */
export interface InstallerContext {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly interpreter: InterpreterFacts;
  /** Absolute; relative paths and `[tool.uv]` settings are the project's. */
  readonly projectDirectory: string;
}

/** A tool that finds distributions and puts wheels into an environment. */
export interface Installer {
  readonly name: "uv" | "pip";
  /** What it makes of a wheel is the same for the same one: `0.9.2`. */
  readonly version: string;
  /** Exact versions and files for requirements that name none. */
  resolve(request: ResolveRequest): Promise<LockedDistribution[]>;
  /** Exactly these wheels, each against its hash, without dependencies. */
  install(wheels: readonly WheelToInstall[], environment: string, options?: InstallOptions): Promise<void>;
  /** What a source build needs, with dependencies, into its own environment. */
  installBuildRequirements(requirements: readonly string[], environment: string): Promise<void>;
  /** The wheel that was installed, unpacked as it came, where the installer keeps such: absolute. */
  findUnpackedWheel(environment: string, distInfo: string): Promise<string | undefined>;
}

export interface InstallOptions {
  /** They are installed already, but another distribution wrote over their files. */
  readonly again?: boolean;
}

export interface ResolveRequest {
  /** PEP 508 lines, with `--hash` options where only such files will do. */
  readonly requirements: readonly string[];
  /** requirements.txt files, absolute. */
  readonly files: readonly string[];
  readonly noDependencies?: boolean;
  /** URL of the package index to ask instead of the one that is set up. */
  readonly index?: string;
}

/** One wheel, where it is, and the digest that it must have. */
export interface WheelToInstall {
  /** Normalised by PEP 503. */
  readonly name: string;
  readonly filename: string;
  readonly location: { readonly path: string } | { readonly url: string };
  /** `sha256:<hex>`; absent only where nothing is locked and the index gives none. */
  readonly hash?: string;
}
