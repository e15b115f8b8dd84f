import { AsyncLocalStorage } from "node:async_hooks";

/** Says that a signal ends the program: what fails from then on fails because of it. */
export function interrupt(): void {
  interrupted = true;
}

export function isInterrupted(): boolean {
  return interrupted;
}

/**
 * Goes on only while no signal ends the program: its handler removes what there is and ends what runs, once, and would
 * miss what is begun after that. What undoes goes on.
 */
export async function stopIfInterrupted(): Promise<void> {
  if (interrupted && undoing.getStore() !== true) await new Promise<never>(() => {});
}

/** Runs what takes away something that was made: a signal must not stop it. */
export async function whileUndoing(undo: () => Promise<void>): Promise<void> {
  await undoing.run(true, undo);
}

const undoing = new AsyncLocalStorage<true>();
let interrupted = false;
