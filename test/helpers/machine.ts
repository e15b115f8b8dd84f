import { createMachine as create } from "../../src/rehearse/machine/machine.ts";
import type { Machine, MachineOptions } from "../../src/rehearse/machine/types.ts";
import { lockPorts } from "./locks.ts";
import { machineCache } from "./machine-cache.ts";

export type { Machine };

interface TestMachineOptions extends Omit<MachineOptions, "cache"> {
  /** That its services listen on, where other tests' machines do as well. */
  readonly ports?: readonly number[];
}

/** A throw-away machine in the tests' own cache, powered off: see src/rehearse/machine/. */
export async function createMachine({ ports = [], ...options }: TestMachineOptions): Promise<Machine> {
  if (ports.length === 0) return await create({ cache: machineCache(), ...options });
  const release = await lockPorts(ports);
  try {
    const machine = await create({ cache: machineCache(), ...options });
    const destroy = async () => {
      await machine.destroy();
      await release();
    };
    return { ...machine, destroy };
  } catch (error) {
    await release();
    throw error;
  }
}
