import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { trackCleanup } from "../../effects/cleanups.ts";
import { exec } from "../../effects/exec.ts";
import { cp, mkdir, pathExists, rm, writeFile } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";
import { bootTree, containerOptions } from "./boot.ts";
import { enterTree } from "./chroot.ts";
import { hostCodename, readHostApt } from "./host-apt.ts";
import {
  killContainer,
  mountOverlay,
  removeRun,
  sweepDeadRuns,
  unmountOverlay,
  writeKept,
  writeOwner,
} from "./run-folder.ts";
import { bootPackages, cachedTree } from "./tree.ts";
import type { Machine, MachineOptions, RunOptions, RunResult, StartedTree } from "./types.ts";

const machineEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
};

/**
 * Makes a machine, not started. Needs root. Whatever ends us, a signal included, the machine is gone afterwards;
 * after SIGKILL the next one that is made removes it.
 * @throws VenvdebError REHEARSE_NO_MACHINE, TOOL_MISSING
 */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  const { cache, name } = options;
  const release = options.release ?? (await hostCodename());
  const packages = [...bootPackages, ...(options.packages ?? [])];
  const tree = await cachedTree({ release, packages }, cache);
  await sweepDeadRuns(cache);
  const id = `${name}-${randomBytes(3).toString("hex")}`;
  const folder = join(cache, "run", id);
  const machine = machineAt(id, folder);
  try {
    await writeOwner(folder);
    await mountOverlay(tree, folder);
    await copyNetworkSettings(machine.root, release);
    await writeFile(join(machine.root, "etc/hostname"), `${id}\n`);
    // Nothing here has to outlive a power cut: dpkg need not wait for the disk.
    await writeFile(join(machine.root, "etc/dpkg/dpkg.cfg.d/throw-away"), "force-unsafe-io\n");
  } catch (error) {
    await machine.destroy();
    throw error;
  }
  return machine;
}

function machineAt(id: string, folder: string): Machine {
  const root = join(folder, "root");
  let started: StartedTree | undefined;
  const start = { id, folder, root, environment: machineEnvironment };
  const powerOff = async () => {
    await started?.powerOff();
    started = undefined;
  };
  let kept = false;
  const destroy = trackCleanup(async () => {
    await powerOff();
    await killContainer(folder);
    if (kept) return;
    await unmountOverlay(folder);
    await removeRun(folder);
  });
  const machine: Machine = {
    name: id,
    root,
    powerOff,
    destroy,
    async boot() {
      started = await bootTree(start);
    },
    async enterChroot() {
      await allowStarts(root);
      started = await enterTree(start);
    },
    command(file, args = [], env = {}) {
      const environment = { ...machineEnvironment, ...env };
      const enter = started ? started.enter(environment) : containerCommand(id, root, environment);
      return [...enter, file, ...args];
    },
    run: (file, args = [], options = {}) => runChecked(machine.command(file, args, options.env), options),
    async sh(script, options = {}) {
      return (await machine.run("sh", ["-ec", script], options)).stdout;
    },
    async copyIn(source, path = `/var/tmp/${basename(source)}`) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await cp(source, join(root, path), { recursive: true, verbatimSymlinks: true });
      return path;
    },
    async aptInstall(deb) {
      return machine.run("apt-get", ["-q", "-y", "install", await machine.copyIn(deb)]);
    },
    async keep() {
      kept = true;
      await writeKept(folder);
      await destroy();
    },
  };
  return machine;
}

/** Not started: a container with nothing but the one program, so that /proc, /dev and /run are there and nothing stays mounted. */
function containerCommand(id: string, root: string, environment: Readonly<Record<string, string>>): string[] {
  const variables = Object.entries(environment).map(([name, value]) => `--setenv=${name}=${value}`);
  return ["systemd-nspawn", ...containerOptions(id, root), "--as-pid2", "--pipe", ...variables, "--"];
}

async function runChecked(command: readonly string[], { input, check }: RunOptions): Promise<RunResult> {
  const [file = "", ...args] = command;
  const options = { debianPackage: file === "nsenter" ? "util-linux" : "systemd-container" };
  const result = await exec(file, args, { ...options, ...(input === undefined ? {} : { input }) });
  const [stdout, stderr] = [result.stdout.replace(/\n$/, ""), result.stderr.replace(/\n$/, "")];
  if (result.exitCode === 0 || check === false) return { exitCode: result.exitCode, stdout, stderr };
  throw new VenvdebError(
    "REHEARSE_COMMAND_FAILED",
    `Cannot run on the machine: "${command.join(" ")}" ended with exit code ${result.exitCode}\n${stdout}\n${stderr}`,
  );
}

/** 104: start it although no runlevel is known, which is what invoke-rc.d(8) finds in a chroot. */
async function allowStarts(root: string): Promise<void> {
  const path = join(root, "usr/sbin/policy-rc.d");
  if (!(await pathExists(path))) await writeFile(path, "#!/bin/sh\nexit 104\n", { mode: 0o755 });
}

/** The machine reaches the distribution's mirror as the host does: sources, proxy, certificates of authorities. */
async function copyNetworkSettings(root: string, release: string): Promise<void> {
  const apt = await readHostApt(release);
  await rm(join(root, "etc/apt/sources.list.d"), { recursive: true, force: true });
  await mkdir(join(root, "etc/apt/sources.list.d"));
  await writeFile(join(root, "etc/apt/sources.list"), `${apt.sources.join("\n")}\n`);
  await writeFile(join(root, "etc/apt/apt.conf.d/99host"), `${apt.settings.join("\n")}\n`);
  const authorities = "etc/ssl/certs/ca-certificates.crt";
  await cp(join("/", authorities), join(root, authorities)).catch(() => undefined);
}
