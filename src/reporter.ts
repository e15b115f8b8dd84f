/**
 * Where stages say what they do. Handed in, never global; writes to stderr only (stdout is for results).
 * The terminal and plain forms live in src/effects/; tests record and fail on a warning they did not expect.
 */
export interface Reporter {
  /** A long step: shown while `run` works, with its time when done. `progress` replaces the step's detail line. */
  step<T>(title: string, run: (progress: Progress) => Promise<T>): Promise<T>;
  info(message: string): void;
  warning(message: string, hint?: string): void;
}

/** `done`/`total` are of any unit; leave them out where the end is not known. */
export type Progress = (detail: string, done?: number, total?: number) => void;
