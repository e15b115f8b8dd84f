import { messageOf, VenvdebError } from "../errors.ts";
import type { Machine } from "./machine/types.ts";
import type { MachineFacts, MachineKind } from "./types.ts";

/**
 * Boots a machine where that is possible, else enters it as a chroot, and says which and why.
 * @throws VenvdebError REHEARSE_NO_START, TOOL_MISSING
 */
export async function startMachine(
  machine: Machine,
  release: string,
  wanted: MachineKind | undefined,
): Promise<MachineFacts> {
  const reason = wanted === "chroot" ? "a chroot was asked for" : await tryBoot(machine, wanted === "booted");
  if (reason === undefined) return { kind: "booted", release };
  await machine.enterChroot();
  return { kind: "chroot", release, reason };
}

/** Gives why it does not boot. */
async function tryBoot(machine: Machine, must: boolean): Promise<string | undefined> {
  try {
    await machine.boot();
    return undefined;
  } catch (error) {
    if (must || !(error instanceof VenvdebError)) throw error;
    const hint = error.hint === undefined ? "" : ` (${error.hint})`;
    return `${messageOf(error)}${hint}`;
  }
}
