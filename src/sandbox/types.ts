/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** What a build may cost. */
export interface SandboxLimits {
  readonly seconds: number;
  /** Of memory: of the build as a whole where systemd keeps count, else of each of its processes. */
  readonly memory: number;
  readonly processes: number;
  /** Of what it writes to its temporary folder, and of each file. */
  readonly disk: number;
}

/** What a build sees. Nothing else can be written; all paths are absolute. */
export interface SandboxPlaces {
  /** Becomes /tmp. */
  readonly temporary: string;
  /** Are not there, but for what of them is named below: homes, keys, what others have built. */
  readonly hidden: readonly string[];
  /** May be read, also where they are in a hidden folder or in /tmp; what is not there is left out. */
  readonly readable: readonly string[];
  /** May be written. */
  readonly writable: readonly string[];
  /** Below what may be written, and are not there. */
  readonly masked: readonly string[];
}

/** How far the backends of a build, which are a project's own code, are kept apart from the build itself. */
export type BackendIsolation = "full" | "same-processes" | "none";

/** What this machine can do. */
export interface SandboxFacts {
  /** Nothing when bubblewrap is missing or does not work here; `problem` says why. */
  readonly works: boolean;
  readonly problem?: string;
  readonly backends: BackendIsolation;
  /** Who counts memory and processes of a build as a whole. */
  readonly scope?: "system" | "user";
  readonly isRoot: boolean;
}
