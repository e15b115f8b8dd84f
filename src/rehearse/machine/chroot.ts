import { ask, endContainer, notStarted, startContainer } from "./started.ts";
import type { StartedTree, StartOptions } from "./types.ts";
import { waitFor } from "./wait.ts";

/**
 * Runs a tree as a chroot that no init manages, with processes and mounts of its own: a daemon that a script starts
 * there lives on between commands, and ends with the chroot.
 * @throws VenvdebError REHEARSE_NO_START, TOOL_MISSING
 */
export async function enterTree(options: StartOptions): Promise<StartedTree> {
  const { root, folder } = options;
  const command = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "chroot", root];
  const { program, leader } = await startContainer(
    [...command, "/bin/sh", "-c", FIRST_PROCESS],
    "util-linux",
    options,
  );
  const enter: StartedTree["enter"] = (environment) => [
    "nsenter",
    `--target=${leader}`,
    "--mount",
    "--pid",
    "--ipc",
    "--root",
    "--wd",
    "env",
    "-i",
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
  const isUp = async () =>
    (await ask([...enter(options.environment), "cat", "/run/venvdeb-up"])) === "up" ? true : undefined;
  const up = await waitFor(isUp, { seconds: 20, lost: () => !program.isRunning() });
  const powerOff = () => endContainer(program);
  if (up === true) return { enter, powerOff };
  await powerOff();
  throw await notStarted(folder, "/proc, /run and /dev/shm cannot be mounted in it");
}

/** As PID 1 it has to collect orphans that end: the shell does while it waits for its own child. */
const FIRST_PROCESS = `set -e
mount -t proc proc /proc
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/lock
mkdir -p /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
echo up >/run/venvdeb-up
while :; do sleep 3600; done`;
