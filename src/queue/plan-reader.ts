import { VenvdebError } from "../errors.ts";
import type { Storage } from "../repository/storage/types.ts";
import type { SyncPlan } from "../sync/types.ts";
import { readKeptPlan } from "./store.ts";

/** Plans by their digests, each read once: thousands of jobs name the same. */
export interface PlanReader {
  /** @throws VenvdebError QUEUE_NO_PLAN, QUEUE_OTHER_PLAN, SYNC_BAD_PLAN, and what storage throws */
  readonly read: (digest: string) => Promise<SyncPlan>;
}

/** Refuses plans for another repository than that of this worker's own fleet file. */
export function createPlanReader(store: Storage, repository: string): PlanReader {
  const known = new Map<string, SyncPlan>();
  return {
    read: async (digest) => {
      const plan = known.get(digest) ?? (await readKeptPlan(store, digest));
      if (plan.repository !== repository)
        throw new VenvdebError(
          "QUEUE_OTHER_PLAN",
          `Cannot take a job of the queue: its plan is for the repository "${plan.repository}" (wanted: "${repository}")`,
          { hint: "give the worker the fleet file that was submitted" },
        );
      known.set(digest, plan);
      for (const old of [...known.keys()].slice(0, -MOST_KEPT)) known.delete(old);
      return plan;
    },
  };
}

const MOST_KEPT = 3;
