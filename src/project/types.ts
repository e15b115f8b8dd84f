/** What a project says of itself: the input of the plan. Nothing here is invented; what it does not say is absent. */
export interface Project {
  /** Absolute. */
  readonly directory: string;
  /** `wheel`: built by its PEP 517 backend. `none`: only files and requirements, nothing is installed as a distribution. */
  readonly kind: "wheel" | "none";
  /** In `directory`: pyproject.toml, setup.cfg, setup.py or requirements.txt. */
  readonly metadataFile: string;
  /** As the project spells it. */
  readonly name?: string;
  /** PEP 440, as the project spells it. */
  readonly version?: string;
  readonly summary?: string;
  readonly homepage?: string;
  /** `Name <address>`: the first maintainer, else the first author, who has both. */
  readonly maintainer?: string;
  /** SPDX expression, else what the project says in one line. */
  readonly license?: string;
  /** PEP 440 specifier. */
  readonly requiresPython?: string;
  /** PEP 508 lines. */
  readonly dependencies: readonly string[];
  /** PEP 508 lines by extra, normalised. */
  readonly optionalDependencies: Readonly<Record<string, readonly string[]>>;
  /** PEP 508 lines by group (PEP 735), normalised, includes expanded. */
  readonly dependencyGroups: Readonly<Record<string, readonly string[]>>;
  /** Names of the commands it installs, sorted. */
  readonly consoleScripts: readonly string[];
  readonly lock?: ProjectLock;
  /** Absolute: requirements.txt beside the metadata. */
  readonly requirementsFile?: string;
  /** Fields that only its build backend knows (`version`, `dependencies`, …), whether or not they could be asked for. */
  readonly dynamic: readonly string[];
}

export interface ProjectLock {
  readonly kind: "uv.lock" | "pylock.toml" | "poetry.lock" | "pdm.lock" | "Pipfile.lock";
  /** Absolute. */
  readonly file: string;
}

/** What `detectProject` may use besides the files. */
export interface DetectOptions {
  /** The target's interpreter, `/usr/bin/python3.11`: handed to `readMetadata`. */
  readonly interpreter: string;
  /** Gives the METADATA that the project's build backend makes; asked only when something is not written down. */
  readonly readMetadata?: (directory: string, interpreter: string) => Promise<string>;
}
