import { randomBytes } from "node:crypto";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { hostCodename, readHostApt } from "./host-apt.ts";
import { bootTree, containerOptions, type BootedTree } from "./machine-boot.ts";
import {
  killContainer,
  mountOverlay,
  removeRun,
  sweepDeadRuns,
  unmountOverlay,
  writeOwner,
} from "./machine-run.ts";
import { bootPackages, cachedTree, machineCache } from "./machine-tree.ts";

export interface MachineOptions {
  /** Short, for the folder and the host name. */
  readonly name: string;
  /** Codename of the Debian release; the host's own by default. */
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
  /** Trimmed at its end. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A throw-away Debian machine: a copy-on-write view of a cached tree. */
export interface Machine {
  readonly name: string;
  /** Its `/`, seen from the host. What a booted machine mounts itself (/proc, /run, /tmp) is not in it. */
  readonly root: string;
  /** Starts its systemd and waits until that has settled; a failed unit is an error. */
  boot(): Promise<void>;
  /** The whole command, of the host, that runs a program in it. */
  command(file: string, args?: readonly string[], env?: Readonly<Record<string, string>>): readonly string[];
  /** Runs a program in it: in the booted system, else in a container of its own. */
  run(file: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs a line of shell and gives its stdout. */
  sh(script: string, options?: RunOptions): Promise<string>;
  /** Copies a file or folder of the host; gives the path inside, by default below /var/tmp. */
  copyIn(source: string, path?: string): Promise<string>;
  /** What a user does with a finished package: `apt-get install ./x.deb`. */
  aptInstall(deb: string): Promise<RunResult>;
  powerOff(): Promise<void>;
  /** Powers off, unmounts, removes. */
  destroy(): Promise<void>;
}

const machineEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
};

/** Makes a machine, powered off. Needs root, mmdebstrap and systemd-container. */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  const release = options.release ?? (await hostCodename());
  const packages = [...bootPackages, ...(options.packages ?? [])];
  const tree = await cachedTree({ release, packages });
  await sweepDeadRuns();
  const id = `${options.name}-${randomBytes(3).toString("hex")}`;
  const folder = join(machineCache(), "run", id);
  await writeOwner(folder);
  const root = await mountOverlay(tree, folder);
  await copyNetworkSettings(root, release);
  await writeFile(join(root, "etc/hostname"), `${id}\n`);
  return machineAt(id, folder, root);
}

function machineAt(id: string, folder: string, root: string): Machine {
  let booted: BootedTree | undefined;
  const machine: Machine = {
    name: id,
    root,
    async boot() {
      booted = await bootTree({ id, folder, root, environment: machineEnvironment });
    },
    command(file, args = [], env = {}) {
      const environment = { ...machineEnvironment, ...env };
      const enter = booted ? booted.enter(environment) : containerCommand(id, root, environment);
      return [...enter, file, ...args];
    },
    async run(file, args = [], options = {}) {
      return runChecked(machine.command(file, args, options.env), options);
    },
    async sh(script, options = {}) {
      return (await machine.run("sh", ["-ec", script], options)).stdout;
    },
    async copyIn(source, path = `/var/tmp/${basename(source)}`) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await cp(source, join(root, path), { recursive: true, verbatimSymlinks: true });
      return path;
    },
    async aptInstall(deb) {
      const path = await machine.copyIn(deb);
      return machine.run("apt-get", ["-q", "-y", "install", path]);
    },
    async powerOff() {
      await booted?.powerOff();
      booted = undefined;
    },
    async destroy() {
      await machine.powerOff();
      await killContainer(folder);
      await unmountOverlay(folder);
      await removeRun(folder);
    },
  };
  return machine;
}

/** Not booted: a container with nothing but the one program, so that /proc, /dev and /run are there and nothing stays mounted. */
function containerCommand(id: string, root: string, environment: Readonly<Record<string, string>>): string[] {
  const variables = Object.entries(environment).map(([name, value]) => `--setenv=${name}=${value}`);
  return ["systemd-nspawn", ...containerOptions(id, root), "--as-pid2", "--pipe", ...variables, "--"];
}

async function runChecked(command: readonly string[], options: RunOptions): Promise<RunResult> {
  const [file = "", ...args] = command;
  const result = await execa(file, args, {
    reject: false,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
  });
  const { exitCode = 128, stdout, stderr } = result;
  if (exitCode !== 0 && options.check !== false)
    throw new Error(`"${command.join(" ")}" ended with exit code ${exitCode}\n${stdout}\n${stderr}`);
  return { exitCode, stdout, stderr };
}

/** The machine reaches Debian's mirror as the host does: sources, proxy, certificates of authorities. */
async function copyNetworkSettings(root: string, release: string): Promise<void> {
  const apt = await readHostApt(release);
  await rm(join(root, "etc/apt/sources.list.d"), { recursive: true, force: true });
  await mkdir(join(root, "etc/apt/sources.list.d"));
  await writeFile(join(root, "etc/apt/sources.list"), `${apt.sources.join("\n")}\n`);
  await writeFile(join(root, "etc/apt/apt.conf.d/99host"), `${apt.settings.join("\n")}\n`);
  const authorities = "etc/ssl/certs/ca-certificates.crt";
  await cp(join("/", authorities), join(root, authorities));
}
