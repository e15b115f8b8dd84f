import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { exec } from "../../effects/exec.ts";
import { mkdir, readFile, readdir, rm, writeFile } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";

/**
 * Mounts a throw-away view of a tree at `<folder>/root` and gives that path: writes go to `<folder>/upper`.
 * @throws VenvdebError REHEARSE_NO_MACHINE
 */
export async function mountOverlay(lower: string, folder: string): Promise<string> {
  const [root, upper, work] = [join(folder, "root"), join(folder, "upper"), join(folder, "work")];
  for (const path of [root, upper, work]) await mkdir(path, { recursive: true });
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const mounted = await exec("mount", ["-t", "overlay", "overlay", "-o", options, root], {
    debianPackage: "mount",
  });
  // The kernel refuses an overlay on an overlay (a container's disk): a real copy serves, slower.
  if (mounted.exitCode === MOUNT_REFUSED)
    await exec("cp", ["-a", "--reflink=auto", `${lower}/.`, root], {
      debianPackage: "coreutils",
      failure: { code: "REHEARSE_NO_MACHINE", doing: `copy the tree of a machine to "${root}"` },
    });
  return root;
}

/** Takes the view away; with no view mounted nothing happens. */
export async function unmountOverlay(folder: string): Promise<void> {
  const root = join(folder, "root");
  if (await isMountPoint(root)) await exec("umount", ["--recursive", "--lazy", root]);
}

/**
 * Removes a run's folder; refuses while something is mounted there.
 * @throws VenvdebError REHEARSE_NO_MACHINE
 */
export async function removeRun(folder: string): Promise<void> {
  if (await isMountPoint(join(folder, "root")))
    throw new VenvdebError(
      "REHEARSE_NO_MACHINE",
      `Cannot remove the machine "${folder}": its root is still mounted (nothing below it in use is wanted)`,
      { hint: `umount --recursive ${folder}/root` },
    );
  await rm(folder, { recursive: true, force: true });
}

/** Notes which process a run belongs to, so that a later one can clean up after a killed one. */
export async function writeOwner(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "owner"), await processIdentity("self"));
}

/** Notes that nobody removes this run but the user. */
export async function writeKept(folder: string): Promise<void> {
  await writeFile(join(folder, "owner"), KEPT);
}

/** Notes the container's own process, to be ended with its owner. */
export async function writeContainer(folder: string, pid: number): Promise<void> {
  await writeFile(join(folder, "container"), await processIdentity(String(pid)));
}

/** Removes the machines of runs that were killed before they could do so themselves. */
export async function sweepDeadRuns(cache: string): Promise<void> {
  const runs = join(cache, "run");
  for (const id of await readdir(runs).catch(() => [])) {
    const folder = join(runs, id);
    if (await isAlive(join(folder, "owner"))) continue;
    await killContainer(folder);
    await unmountOverlay(folder);
    await removeRun(folder);
  }
}

/** Ends the container of a run, if one is left. */
export async function killContainer(folder: string): Promise<void> {
  const note = join(folder, "container");
  if (!(await isAlive(note))) return;
  const pid = (await readFile(note, "utf8")).split(" ")[0] ?? "";
  await exec("kill", ["-KILL", pid], { debianPackage: "procps" });
  while (await isAlive(note)) await setTimeout(50);
}

const KEPT = "kept";

/** mount(8): what it ends with when the kernel says no, not when a signal ends it. */
const MOUNT_REFUSED = 32;

/** Number and start time: a number alone is given to another process one day. proc_pid_stat(5), field 22. */
async function processIdentity(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return `${stat.split(" ")[0]} ${startTime}`;
}

/** Whether the process of a note still runs. A run whose note is not written yet counts as alive. */
async function isAlive(note: string): Promise<boolean> {
  const noted = await readFile(note, "utf8").catch(() => undefined);
  if (noted === undefined) return note.endsWith("owner");
  if (noted === KEPT) return true;
  const pid = noted.split(" ")[0] ?? "";
  return (await processIdentity(pid).catch(() => undefined)) === noted;
}

async function isMountPoint(path: string): Promise<boolean> {
  return (await exec("mountpoint", ["-q", path], { debianPackage: "mount" })).exitCode === 0;
}
