import { VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import type { Store } from "./store.ts";

/**
 * Runs a build that may find, late, that something of the store is damaged or gone. That is not there any more on the
 * second try; a third one does without the store.
 */
export async function withRepair<T>(
  store: Store | undefined,
  reporter: Reporter,
  run: (store: Store | undefined) => Promise<T>,
): Promise<T> {
  for (const one of [store, store]) {
    if (!one) break;
    try {
      return await run(one);
    } catch (error) {
      if (!(error instanceof VenvdebError) || error.code !== "CACHE_DAMAGED") throw error;
      reporter.info("Something in the cache was damaged, or removed meanwhile: it is made anew");
    }
  }
  return await run(undefined);
}
