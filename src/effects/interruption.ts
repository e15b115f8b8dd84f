/** Says that a signal ends the program: what fails from then on fails because of it. */
export function interrupt(): void {
  interrupted = true;
}

export function isInterrupted(): boolean {
  return interrupted;
}

/**
 * Goes on only while no signal ends the program: its handler removes what there is and ends what runs, once, and would
 * miss what is begun after that.
 */
export async function stopIfInterrupted(): Promise<void> {
  if (interrupted) await new Promise<never>(() => {});
}

let interrupted = false;
