import { createMachine as create } from "../../src/rehearse/machine/machine.ts";
import type { Machine, MachineOptions } from "../../src/rehearse/machine/types.ts";
import { machineCache } from "./machine-cache.ts";

export type { Machine };

/** A throw-away machine in the tests' own cache, powered off: see src/rehearse/machine/. */
export async function createMachine(options: Omit<MachineOptions, "cache">): Promise<Machine> {
  return create({ cache: machineCache(), ...options });
}
