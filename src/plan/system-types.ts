export interface SystemUser {
  readonly name: string;
  readonly group: string;
  /** Further groups the user is put into. */
  readonly groups: readonly string[];
  readonly home: string;
}

export interface ServicePlan {
  /** Unit name without `.service`. */
  readonly unit: string;
  readonly description: string;
  /** Argument vector; the first is absolute. */
  readonly command: readonly string[];
  readonly user: string;
  readonly group: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute; read if present. */
  readonly environmentFile?: string;
  readonly workingDirectory?: string;
  readonly restart: "no" | "on-failure" | "always";
  readonly enable: boolean;
  readonly start: boolean;
  readonly init: readonly InitSystem[];
  readonly onUpgrade: UpgradePolicy;
  readonly onStartFailure: "warn" | "fail";
  /** Argument vector; `{pid}` is the service's process. Absent, and `onUpgrade` is `reload`: SIGHUP is sent. */
  readonly reloadCommand?: readonly string[];
  /** `SIGTERM`; absent: that. */
  readonly stopSignal?: string;
  /** Seconds until the service is killed. */
  readonly stopTimeout: number;
  /** By the name that prlimit(1) has for it; a number or `infinity`. */
  readonly limits: Readonly<Record<string, string>>;
  /** Absent: ours. `false`: none. A table: ours with these directives of systemd.exec(5) in their place. */
  readonly hardening?: false | Readonly<Record<string, string>>;
  /** Names for which `{instance}` stands in texts of the service; none: an ordinary service. */
  readonly instances: readonly string[];
  /** Addresses as ListenStream= takes them (systemd.socket(5)). */
  readonly sockets: readonly string[];
  readonly health?: HealthCheck;
  /** Folders below /var/lib, /var/log, /var/cache, /run that systemd makes for the user. */
  readonly stateDirectory?: string;
  readonly logsDirectory?: string;
  readonly cacheDirectory?: string;
  readonly runtimeDirectory?: string;
}

export type InitSystem = "systemd" | "sysv";

/** What an upgrade does to a running service. `stop`: before its files are replaced, and started after. */
export type UpgradePolicy = "restart" | "reload" | "stop" | "leave";

/** What shows that a service works, asked until it does or the time is over. */
export type HealthCheck = (
  | { readonly kind: "command"; readonly command: readonly string[] }
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "socket"; readonly path: string }
) & {
  /** Seconds. */
  readonly timeout: number;
};

export interface LinkPlan {
  /** Absolute, `/usr/bin/hello`. */
  readonly path: string;
  /** Absolute, `/opt/hello/bin/hello`. */
  readonly target: string;
}

export interface ShippedFile {
  /** Absolute on the machine. */
  readonly path: string;
  /** Absolute in the project. */
  readonly source: string;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
  readonly conffile: boolean;
}

/** A file that is made on the machine, of a template, fragments and values. */
export interface GeneratedFilePlan {
  readonly id: string;
  /** Absolute, below /etc. */
  readonly output: string;
  /** The template's text. */
  readonly template: string;
  /** Absolute folders of fragments. */
  readonly from: readonly string[];
  /** Of every key that is not asked for. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly questions: readonly QuestionPlan[];
  /** Unit name, without `.service`. */
  readonly reload?: string;
  /** Permission bits of a new file. */
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
}

/** One question of debconf (debconf-devel(7)). */
export interface QuestionPlan {
  /** The template's key whose value it gives. */
  readonly key: string;
  /** `hello/port` */
  readonly name: string;
  readonly type: "string" | "boolean" | "select" | "password";
  readonly description: string;
  readonly help?: string;
  readonly default: string;
  readonly choices: readonly string[];
  readonly priority: "low" | "medium" | "high" | "critical";
}

export type MaintainerScriptName = "preinst" | "postinst" | "prerm" | "postrm";

/** What a project may write for its own: the maintainer scripts, and the hook of upgrades. */
export type OwnScriptName = MaintainerScriptName | "migrate";

/** A job that runs by the clock. */
export interface JobPlan {
  /** Of its file or unit: `hello-clean-up`. */
  readonly name: string;
  /** Five fields or a nickname, one blank between fields. */
  readonly schedule: string;
  /** Argument vector; the first is absolute. */
  readonly command: readonly string[];
  readonly user: string;
  readonly group: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `OnCalendar=` values of a systemd timer; absent: a line for cron. */
  readonly calendar?: readonly string[];
}

/** A file for logrotate(8). */
export interface RotationPlan {
  /** Of its file: `hello-access`. */
  readonly name: string;
  /** Absolute, with patterns. */
  readonly paths: readonly string[];
  readonly frequency: "hourly" | "daily" | "weekly" | "monthly" | "yearly";
  readonly rotate: number;
  readonly size?: string;
  readonly compress: boolean;
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
  readonly copyTruncate: boolean;
  /** Argument vector; the first is absolute. */
  readonly postRotate?: readonly string[];
}

/** A folder for data. */
export interface DirectoryPlan {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly owner: { readonly user: string; readonly group: string };
  /** Removed by a purge with all that is in it. */
  readonly purge: boolean;
}

/** The package's own triggers: names as deb-triggers(5) has them. */
export interface TriggersPlan {
  readonly interest: readonly string[];
  readonly interestNoawait: readonly string[];
  readonly activate: readonly string[];
  readonly activateNoawait: readonly string[];
  /** Argument vector, the names that fired come after it; the first is absolute. */
  readonly command?: readonly string[];
}
