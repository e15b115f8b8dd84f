/** A throw-away Debian machine: a copy-on-write view of a cached tree. */
export interface Machine {
  readonly name: string;
  /** Its `/`, seen from the host. What a started machine mounts itself (/proc, /run, /tmp) is not in it. */
  readonly root: string;
  /** Starts its systemd and waits until that has settled; a failed unit is an error. */
  boot(): Promise<void>;
  /** Starts it with no init: a chroot with processes and mounts of its own, which end with it. */
  enterChroot(): Promise<void>;
  /** The whole command, of the host, that runs a program in it. */
  command(file: string, args?: readonly string[], env?: Readonly<Record<string, string>>): readonly string[];
  /** Runs a program in it: in the started system, else in a container of its own. */
  run(file: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs a line of shell and gives its stdout. */
  sh(script: string, options?: RunOptions): Promise<string>;
  /** Copies a file or folder of the host; gives the path inside, by default below /var/tmp. */
  copyIn(source: string, path?: string): Promise<string>;
  /** What a user does with a finished package: `apt-get install ./x.deb`. */
  aptInstall(deb: string): Promise<RunResult>;
  powerOff(): Promise<void>;
  /** Powers off and leaves its tree where it is: no later run removes it. */
  keep(): Promise<void>;
  /** Powers off, unmounts, removes. */
  destroy(): Promise<void>;
}

export interface MachineOptions {
  /** Short, for the folder and the host name. */
  readonly name: string;
  /** Folder for the trees that machines are made from, and for running machines. */
  readonly cache: string;
  /** Codename of the release; the host's own by default. */
  readonly release?: string;
  /** Debian packages that are there from the start, beyond what it takes to boot. */
  readonly packages?: readonly string[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** `false`: a failure is given back, not thrown. */
  readonly check?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  /** Without the last line break. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine that runs. */
export interface StartedTree {
  /** The words before a command that runs it inside, with exactly this environment. */
  enter(environment: Readonly<Record<string, string>>): readonly string[];
  powerOff(): Promise<void>;
}

export interface StartOptions {
  readonly id: string;
  /** Takes the console's log. */
  readonly folder: string;
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
}
