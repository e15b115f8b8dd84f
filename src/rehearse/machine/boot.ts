import { ask, endContainer, notStarted, startContainer } from "./started.ts";
import type { StartedTree, StartOptions } from "./types.ts";
import { waitFor } from "./wait.ts";

/**
 * Boots a tree with its own systemd as PID 1 and waits until every unit of the boot is up.
 * @throws VenvdebError REHEARSE_NO_START, TOOL_MISSING
 */
export async function bootTree(options: StartOptions): Promise<StartedTree> {
  const { id, root } = options;
  const command = ["systemd-nspawn", ...containerOptions(id, root), "--boot", "--console=pipe"];
  const { program, leader } = await startContainer(command, "systemd-container", options);
  const enter: StartedTree["enter"] = (environment) => [
    "nsenter",
    `--target=${leader}`,
    "--all",
    "env",
    "-i",
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
  const inside = enter(options.environment);
  const powerOff = async () => {
    if (!program.isRunning()) return;
    await ask([...inside, "systemctl", "poweroff"]);
    await endContainer(program, 30);
  };
  try {
    await waitRunning(inside, options.folder, () => !program.isRunning());
  } catch (error) {
    await powerOff();
    throw error;
  }
  return { enter, powerOff };
}

/** Options of systemd-nspawn that let it work on a host without systemd as its own PID 1. */
export function containerOptions(id: string, root: string): string[] {
  return ["--quiet", `--directory=${root}`, `--machine=${id}`, "--register=no", "--keep-unit"];
}

async function waitRunning(inside: readonly string[], folder: string, lost: () => boolean): Promise<void> {
  const state = await waitFor(
    async () => {
      const answer = await ask([...inside, "systemctl", "is-system-running", "--wait"]);
      return ["running", "degraded"].includes(answer) ? answer : undefined;
    },
    { seconds: 60, lost },
  );
  if (state === "running") return;
  if (state === undefined) throw await notStarted(folder, "its systemd does not come up");
  const failed = await ask([...inside, "systemctl", "list-units", "--failed", "--plain", "--no-legend"]);
  throw await notStarted(folder, `it booted with failed units:\n${failed}`);
}
