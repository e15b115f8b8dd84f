import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { machineCache } from "./machine-tree.ts";

/** Mounts a throw-away view of a tree at `<folder>/root` and gives that path: writes go to `<folder>/upper`. */
export async function mountOverlay(lower: string, folder: string): Promise<string> {
  const [root, upper, work] = [join(folder, "root"), join(folder, "upper"), join(folder, "work")];
  for (const path of [root, upper, work]) await mkdir(path, { recursive: true });
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const mounted = await execa("mount", ["-t", "overlay", "overlay", "-o", options, root], { reject: false });
  // The kernel refuses an overlay on an overlay (a container's disk): a real copy serves, slower.
  if (mounted.exitCode !== 0) await execa("cp", ["-a", "--reflink=auto", `${lower}/.`, root]);
  return root;
}

/** Takes the view away; with no view mounted nothing happens. */
export async function unmountOverlay(folder: string): Promise<void> {
  const root = join(folder, "root");
  if (await isMountPoint(root)) await execa("umount", ["--recursive", "--lazy", root]);
}

/** Removes a run's folder; refuses while something is mounted there. */
export async function removeRun(folder: string): Promise<void> {
  if (await isMountPoint(join(folder, "root"))) throw new Error(`${folder}/root is still mounted`);
  await rm(folder, { recursive: true, force: true });
}

/** Notes which process a run belongs to, so that a later one can clean up after a killed one. */
export async function writeOwner(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "owner"), await processIdentity(process.pid));
}

/** Notes the container's own process, to be ended with its owner. */
export async function writeContainer(folder: string, pid: number): Promise<void> {
  await writeFile(join(folder, "container"), await processIdentity(pid));
}

/** Removes the machines of test runs that were killed before they could do so themselves. */
export async function sweepDeadRuns(): Promise<void> {
  const runs = join(machineCache(), "run");
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
  const pid = Number((await readFile(note, "utf8")).split(" ")[0]);
  process.kill(pid, "SIGKILL");
  while (await isAlive(note)) await new Promise((wake) => setTimeout(wake, 50));
}

/** Number and start time: a number alone is given to another process one day. */
async function processIdentity(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return `${pid} ${startTime}`;
}

/** Whether the process of a note still runs. A run whose note is not written yet counts as alive. */
async function isAlive(note: string): Promise<boolean> {
  const noted = await readFile(note, "utf8").catch(() => undefined);
  if (noted === undefined) return note.endsWith("owner");
  const pid = Number(noted.split(" ")[0]);
  return (await processIdentity(pid).catch(() => undefined)) === noted;
}

async function isMountPoint(path: string): Promise<boolean> {
  return (await execa("mountpoint", ["-q", path], { reject: false })).exitCode === 0;
}
