import { whileUndoing } from "./interruption.ts";

/**
 * Gives `undo` to be called once: by the caller when it is done, or by the signal handler (see signals.ts). What was
 * made and must not stay, but is no file that temp-dir.ts could remove: a mount, a machine.
 */
export function trackCleanup(undo: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    result ??= whileUndoing(undo).finally(() => pending.delete(once));
    await result;
  };
  pending.add(once);
  return once;
}

/** Does what has not been done yet, the latest first; for the signal handler only. */
export async function runCleanups(): Promise<void> {
  for (const cleanup of [...pending].toReversed()) await cleanup().catch(() => undefined);
}

const pending = new Set<() => Promise<void>>();
