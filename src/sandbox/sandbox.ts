import { delimiter, join } from "node:path";
import { mkdir, pathExists } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { ownFolders } from "../effects/program.ts";
import { VenvdebError } from "../errors.ts";
import { buildSandbox, limitedCommand, scopedCommand } from "./bubblewrap.ts";
import { buildVariables, sharedCacheFolder, sharedCacheVariables } from "./environment.ts";
import { probeSandbox } from "./probe.ts";
import type { Command, SandboxFacts, SandboxLimits } from "./types.ts";

/** `auto`: as far as this machine can. */
export type SandboxMode = "auto" | "required" | "off";

/** How builds, which run code of strangers, are kept from all that they do not need. */
export interface Sandbox {
  /** What of it this machine lacks, a sentence each; nothing: it is whole. */
  readonly lacks: readonly string[];
  /** The command and its whole environment. */
  readonly wrap: (command: Command, build: SandboxedBuild) => Promise<SandboxedCommand>;
}

export interface SandboxedBuild {
  /** Absolute: an empty folder that becomes /tmp. */
  readonly temporary: string;
  /** Absolute. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** Absolute: where others' builds and logs are. */
  readonly hidden: readonly string[];
  /** The working folder. */
  readonly cwd: string;
  readonly limits: SandboxLimits;
  /** A backend of the project may use the network too. */
  readonly backendNetwork?: boolean;
}

export interface SandboxedCommand {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Looks what this machine can do.
 * @throws VenvdebError SYNC_NO_SANDBOX when one is required and this machine cannot keep builds apart
 */
export async function openSandbox(mode: SandboxMode, host: Host): Promise<Sandbox> {
  const facts = mode === "off" ? OFF : await probeSandbox(host);
  const lacks = mode === "off" ? [] : [...lackingOf(facts), ...lackingCache(facts, host)];
  if (mode === "required" && (!facts.works || facts.backends === "none"))
    throw new VenvdebError("SYNC_NO_SANDBOX", `Cannot build in a sandbox: ${lacks.join("; ")}`, {
      hint: 'apt-get install bubblewrap; a container must allow user namespaces; or set build = { sandbox = "auto" }',
    });
  return { lacks, wrap: async (command, build) => wrap(command, build, facts, host) };
}

const OFF: SandboxFacts = { works: false, backends: "none", isRoot: false };

function lackingOf({ works, problem = "", backends, scope, isRoot }: SandboxFacts): string[] {
  if (!works) return [`builds run without a sandbox, and see what this user sees: ${problem}`];
  return [
    ...(isRoot
      ? ["builds run as root, and can read root's files outside of homes: give them to a user of their own"]
      : []),
    ...(backends === "none" ? ["what a project runs to build itself has the network"] : []),
    ...(backends === "same-processes"
      ? ["what a project runs to build itself sees the processes of its own build"]
      : []),
    ...(scope === undefined
      ? ["memory is limited for each process, not for the build as a whole: systemd does not run here"]
      : []),
  ];
}

/** Whoever has set it up wants to know why it does nothing. */
function lackingCache({ works, backends }: SandboxFacts, host: Host): string[] {
  const isWanted = (host.env["VENVDEB_SHARED_CACHE"] ?? "") !== "";
  const isKnown = Object.keys(sharedCacheVariables(host, !works || backends === "full")).length > 0;
  return isWanted && !isKnown
    ? ["the shared cache is not used: what a project runs to build itself could read its secrets"]
    : [];
}

async function wrap(
  command: Command,
  build: SandboxedBuild,
  { works, backends, scope }: SandboxFacts,
  host: Host,
): Promise<SandboxedCommand> {
  const { limits, cwd, backendNetwork = false } = build;
  const limited = limitedCommand(command, limits);
  // Without a sandbox, code of a project can read the variables of this very program.
  const shared = sharedCacheVariables(host, !works || (backends === "full" && !backendNetwork));
  const env = {
    ...buildVariables(host),
    ...shared,
    VENVDEB_BACKEND_ISOLATION: backendNetwork ? "none" : backends,
  };
  if (!works) return { command: limited, env };
  const folder = sharedCacheFolder(shared);
  const writable =
    folder !== undefined && (await pathExists(folder)) ? [...build.writable, folder] : build.writable;
  const places = await placesOf({ ...build, writable }, host);
  const boxed = buildSandbox(limited, places, { uid: host.uid, cwd });
  if (scope === undefined) return { command: boxed, env };
  return { command: scopedCommand(boxed, limits, scope), env: { ...sessionVariables(host), ...env } };
}

/** How systemd-run finds the user's own systemd; in the sandbox the socket is not there. */
function sessionVariables({ env }: Host): Record<string, string> {
  const names = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function placesOf(
  { temporary, readable, writable, hidden }: SandboxedBuild,
  { home, env, cacheDirectory, configDirectory }: Host,
) {
  await mkdir(cacheDirectory, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const searched = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  const mirrors = join(cacheDirectory, "vcs");
  return {
    temporary,
    hidden: await present(["/home", "/root", home, configDirectory, ...hidden]),
    readable: [
      ...ownFolders(),
      ...searched,
      ...INSTALLER_SETTINGS.map((name) => join(home, name)),
      ...readable,
    ].filter((path) => !SYSTEM.test(path)),
    writable: [cacheDirectory, ...writable],
    masked: await present([mirrors]),
  };
}

/** What pip and uv read to get at a private index, and compilers that a user has brought. */
const INSTALLER_SETTINGS = [
  ".netrc",
  ".config/pip",
  ".pip/pip.conf",
  ".config/uv",
  ".cargo/bin",
  ".rustup/toolchains",
  ".rustup/settings.toml",
] as const;

/** They are there anyway. */
const SYSTEM = /^\/(?:usr|bin|sbin|lib)?(?:\/|$)/;

async function present(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => (await pathExists(path)) && path !== "/"));
  return [...new Set(paths.filter((_, index) => found[index]))];
}
