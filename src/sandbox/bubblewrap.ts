import type { BackendIsolation, Command, SandboxLimits, SandboxPlaces } from "./types.ts";

/** Not root: what believes to be root changes owners, which one user alone cannot. */
const INSIDE = 1000;

/**
 * A command in a sandbox of its own (bwrap(1)): its own processes, users and /tmp; everything else read-only; no sockets
 * of the machine's services. The network stays.
 */
export function buildSandbox(
  command: Command,
  { temporary, hidden, readable, writable, masked }: SandboxPlaces,
  options: { readonly uid: number; readonly cwd: string },
): Command {
  const id = String(options.uid === 0 ? INSIDE : options.uid);
  return [
    "bwrap",
    ...APART,
    ...READ_ONLY,
    "--uid",
    id,
    "--gid",
    id,
    "--bind",
    temporary,
    "/tmp",
    // How names of hosts are found.
    ...RESOLVERS.flatMap((path) => ["--ro-bind-try", path, path]),
    ...hidden.flatMap((path) => ["--tmpfs", path]),
    ...readable.flatMap((path) => ["--ro-bind-try", path, path]),
    ...writable.flatMap((path) => ["--bind", path, path]),
    ...masked.flatMap((path) => ["--tmpfs", path]),
    "--chdir",
    options.cwd,
    "--",
    ...command,
  ];
}

const APART = words(
  "--unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --die-with-parent --new-session --cap-drop ALL",
);
const READ_ONLY = words("--ro-bind / / --dev /dev --proc /proc --tmpfs /run --tmpfs /var/tmp");

function words(text: string): string[] {
  return text.split(" ");
}

const RESOLVERS = ["/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf", "/run/nscd"] as const;

/**
 * The same for the backend of a project, inside of the sandbox of its build: no network, and nothing to write but its
 * source and its scratch folder.
 */
export function backendSandbox(
  command: Command,
  { readable, writable }: Pick<SandboxPlaces, "readable" | "writable">,
  isolation: Exclude<BackendIsolation, "none">,
): Command {
  return [
    "bwrap",
    ...words("--unshare-user --unshare-net --unshare-ipc --die-with-parent --new-session"),
    ...words("--ro-bind / / --dev /dev --tmpfs /tmp"),
    ...(isolation === "full" ? words("--unshare-pid --proc /proc") : []),
    ...readable.flatMap((path) => ["--ro-bind-try", path, path]),
    ...writable.flatMap((path) => ["--bind", path, path]),
    "--",
    ...command,
  ];
}

/** A command that is ended when it costs more. What a process alone may have is set inside (setrlimit(2)). */
export function limitedCommand(command: Command, { memory, processes, disk }: SandboxLimits): Command {
  return [
    "prlimit",
    `--data=${memory}`,
    `--nproc=${processes}`,
    `--fsize=${disk}`,
    "--core=0",
    "--",
    ...command,
  ];
}

/** A command in a control group of its own, which counts memory and processes of all that it starts. */
export function scopedCommand(
  command: Command,
  { memory, processes }: SandboxLimits,
  scope: "system" | "user",
): Command {
  return [
    "systemd-run",
    ...(scope === "user" ? ["--user"] : []),
    "--scope",
    "--quiet",
    "--collect",
    "-p",
    `MemoryMax=${memory}`,
    "-p",
    "MemorySwapMax=0",
    "-p",
    `TasksMax=${processes}`,
    "--",
    ...command,
  ];
}
