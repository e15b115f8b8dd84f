import type { Compression } from "../deb/entry.ts";
import type { Relations, ShlibsPolicy } from "../plan/types.ts";
import type { HealthCheck, InitSystem, OwnScriptName, UpgradePolicy } from "../plan/system-types.ts";

/**
 * The settings of one project for one target, checked and with their defaults. What is absent here is taken from
 * the project, or is an error of the planner. Each section is made by its file in `sections/`.
 */
export interface Config
  extends
    IdentityConfig,
    PythonConfig,
    RelationsConfig,
    PackageConfig,
    CronConfig,
    LogrotateConfig,
    DirectoriesConfig,
    FilesConfig,
    GeneratesConfig,
    RenamesConfig,
    TriggersConfig,
    ServicesConfig,
    ScriptsConfig,
    OperatorCommandConfig {}

export interface IdentityConfig {
  /** Debian package name (Policy 5.6.1). */
  readonly name?: string;
  /** Takes the place of the project's version; PEP 440 or a Debian upstream version, as typed. */
  readonly version?: string;
  /** Debian upstream version as it is: no setting, but what version control says. Comes before `version`. */
  readonly debianVersion?: string;
  /** Debian revision (deb-version(7)). */
  readonly revision: string;
  /** `Name <address>`. */
  readonly maintainer?: string;
  /** First line: the synopsis. The rest, if any: the long description as plain text. */
  readonly description?: string;
  readonly homepage?: string;
  readonly section: string;
  readonly priority: string;
  readonly architecture: "auto" | "all" | "any";
  /** Absolute folder of the environment; absent: `/opt/<name>`. */
  readonly prefix?: string;
}

export interface PythonConfig {
  /** `false`: the package has no environment and needs no Python. */
  readonly environment: boolean;
  /** `3.11`; absent: the target's default. */
  readonly python?: string;
  readonly interpreter: "system";
  readonly installer: "auto" | "uv" | "pip";
  /** requirements.txt files, relative to the project; absent: what the project has. */
  readonly requirements?: readonly string[];
  readonly extras: readonly string[];
  /** Dependency groups (PEP 735). */
  readonly groups: readonly string[];
  /** `true`: a lock file must be there. `false`: it is not looked at. Absent: used where there is one. */
  readonly locked?: boolean;
}

export interface RelationsConfig {
  /** Relations as typed, each one valid (Policy 7.1), added to what is found out. */
  readonly relations: Relations;
  /** Debian packages that must be there to build. */
  readonly buildDepends: readonly string[];
  readonly shlibs: ShlibsPolicy;
}

export interface PackageConfig {
  readonly compression: Compression;
}

export interface FilesConfig {
  /** Absolute path on the machine to a path relative to the prefix, or absolute. */
  readonly links: Readonly<Record<string, string>>;
  /** Absolute path on the machine to what is shipped there. */
  readonly files: Readonly<Record<string, FileConfig>>;
}

export interface RenamesConfig {
  /** Conffiles: absolute old path to absolute new path. */
  readonly renames: Readonly<Record<string, string>>;
}

export interface FileConfig {
  /** Relative to the project. */
  readonly source: string;
  /** Permission bits; absent: 0755 when the source is executable, else 0644. */
  readonly mode?: number;
  readonly owner: { readonly user: string; readonly group: string };
  readonly conffile: boolean;
}

export interface GeneratesConfig {
  /** By a name of the user's own. */
  readonly generates: Readonly<Record<string, GenerateConfig>>;
}

/** One file that is made on the machine. */
export interface GenerateConfig {
  /** Relative to the project. */
  readonly template: string;
  /** Absolute, below /etc, without colons and blanks. */
  readonly output: string;
  /** Absolute folders of fragments, without blanks. */
  readonly from: readonly string[];
  readonly defaults: Readonly<Record<string, string>>;
  /** By the key that they give the value of. */
  readonly questions: Readonly<Record<string, QuestionConfig>>;
  /** Unit name, without `.service`. */
  readonly reload?: string;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
}

/** One question of debconf (debconf-devel(7)). */
export interface QuestionConfig {
  readonly type: "string" | "boolean" | "select" | "password";
  /** One line. */
  readonly description: string;
  /** Plain text, paragraphs divided by blank lines. */
  readonly help?: string;
  readonly default: string;
  /** Of a select; else empty. */
  readonly choices: readonly string[];
  readonly priority: "low" | "medium" | "high" | "critical";
}

export interface ServicesConfig {
  /** The system user of the services that name none. Absent: made up from the package name if there is a service. */
  readonly user?: UserConfig;
  /** By unit name, without `.service`. */
  readonly services: Readonly<Record<string, ServiceConfig>>;
}

export interface UserConfig {
  /** Absent: the package name. */
  readonly name?: string;
  readonly home?: string;
  /** Further groups. */
  readonly groups: readonly string[];
}

export interface ServiceConfig {
  /** Words as typed; the first is absolute, or relative to the prefix (`bin/hello`), or a command of its `bin` (`hello`). */
  readonly command: readonly string[];
  readonly description?: string;
  /** Absent: the package's system user. */
  readonly user?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly environmentFile?: string;
  /** Absolute. */
  readonly workingDirectory?: string;
  readonly restart: "no" | "on-failure" | "always";
  readonly enable: boolean;
  readonly start: boolean;
  readonly init: readonly InitSystem[];
  readonly onUpgrade: UpgradePolicy;
  readonly onStartFailure: "warn" | "fail";
  /** As `command`; `{pid}` is the service's process. */
  readonly reloadCommand?: readonly string[];
  /** `SIGTERM` */
  readonly stopSignal?: string;
  /** Seconds. */
  readonly stopTimeout?: number;
  /** By the name that prlimit(1) has for it; a number or `infinity`. */
  readonly limits: Readonly<Record<string, string>>;
  /** Absent: ours. `false`: none. A table: ours with these directives of systemd.exec(5) in their place. */
  readonly hardening?: false | Readonly<Record<string, string>>;
  /** Names for which `{instance}` stands; none: an ordinary service. */
  readonly instances: readonly string[];
  /** Addresses as ListenStream= takes them (systemd.socket(5)). */
  readonly sockets: readonly string[];
  /** Its command as `command`. */
  readonly health?: HealthCheck;
  /** Folders below /var/lib, /var/log, /var/cache, /run. */
  readonly stateDirectory?: string;
  readonly logsDirectory?: string;
  readonly cacheDirectory?: string;
  readonly runtimeDirectory?: string;
}

export interface ScriptsConfig {
  /** The user's own maintainer scripts, merged with ours, and the hook of upgrades. */
  readonly scripts: Readonly<Partial<Record<OwnScriptName, ScriptConfig>>>;
}

/** `file`: relative to the project. `inline`: the text itself. */
export type ScriptConfig =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "inline"; readonly text: string };

export interface CronConfig {
  /** By a name of the user's own. */
  readonly jobs: Readonly<Record<string, JobConfig>>;
}

export interface JobConfig {
  /** Five fields or a nickname, as typed (crontab(5)). */
  readonly schedule: string;
  /** Words as typed, see `ServiceConfig`. */
  readonly command: readonly string[];
  /** Absent: the package's system user. */
  readonly user?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A systemd timer in place of a line for cron. */
  readonly timer: boolean;
}

export interface LogrotateConfig {
  /** By a name of the user's own. */
  readonly rotations: Readonly<Record<string, RotationConfig>>;
}

export interface RotationConfig {
  /** Absolute, with patterns. */
  readonly paths: readonly string[];
  readonly frequency: "hourly" | "daily" | "weekly" | "monthly" | "yearly";
  readonly rotate: number;
  /** `10M` */
  readonly size?: string;
  readonly compress: boolean;
  readonly mode: number;
  /** Absent: the package's system user, else root:adm. */
  readonly owner?: { readonly user: string; readonly group: string };
  readonly copyTruncate: boolean;
  readonly postRotate?: readonly string[];
}

export interface DirectoriesConfig {
  readonly directories: readonly DirectoryConfig[];
}

export interface DirectoryConfig {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  /** Absent: the package's system user, else root. */
  readonly owner?: { readonly user: string; readonly group: string };
  /** Removed by a purge with all that is in it. */
  readonly purge: boolean;
}

export interface TriggersConfig {
  readonly triggers: TriggerConfig;
}

/** Names as deb-triggers(5) has them: paths or words. */
export interface TriggerConfig {
  readonly interest: readonly string[];
  readonly interestNoawait: readonly string[];
  readonly activate: readonly string[];
  readonly activateNoawait: readonly string[];
  /** Run with the names that fired. */
  readonly command?: readonly string[];
}

export interface OperatorCommandConfig {
  /** Ship `/usr/bin/<name>-ctl`. */
  readonly operatorCommand: boolean;
}
