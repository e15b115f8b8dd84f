import process from "node:process";
import { endChildren } from "./children.ts";
import { runCleanups } from "./cleanups.ts";
import { interrupt, isInterrupted } from "./interruption.ts";
import { removeTempDirs } from "./temp-dir.ts";

/**
 * On SIGINT, SIGTERM and SIGHUP ends what runs for us, removes what it has made and exits with 128 and the signal's
 * number; a second signal exits at once (but see `onFirstSignal`). A reader that closes our standard output ends the program in silence.
 */
export function handleSignals(): void {
  for (const [signal, exitCode] of SIGNALS) {
    process.on(signal, () => {
      const stop = atFirst;
      atFirst = undefined;
      if (stop !== undefined) return stop();
      // What the handler waits for must not be kept from ending.
      if (isInterrupted()) process.exit(exitCode);
      interrupt();
      exitClean(exitCode);
    });
  }
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    interrupt();
    exitClean(141);
  });
}

/** Lets `stop` answer the first signal, so that what runs can come to its end. The next one ends the program as ever. */
export function onFirstSignal(stop: () => void): void {
  atFirst = stop;
}

let atFirst: (() => void) | undefined;

const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

function exitClean(exitCode: number): void {
  void endChildren()
    .then(runCleanups)
    .then(removeTempDirs)
    .finally(() => process.exit(exitCode));
}
