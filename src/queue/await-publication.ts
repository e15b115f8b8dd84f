import { setTimeout } from "node:timers/promises";
import { VenvdebError } from "../errors.ts";
import { parseReport, type PublishedReport } from "./job-data.ts";
import { publishQueueName } from "./names.ts";
import type { Queues } from "./open.ts";

/**
 * Waits until a plan is published, however long that takes.
 * @throws VenvdebError QUEUE_FAILED when it ended otherwise
 */
export async function awaitPublication(
  queues: Queues,
  { id, tool }: { readonly id: string; readonly tool: string },
): Promise<PublishedReport> {
  const queue = queues.queue(publishQueueName(tool));
  for (;;) {
    const job = await queue.getJob(id);
    if (job === undefined) throw failed("it is not in the queue any more");
    const state = await job.getState();
    if (state === "failed") throw failed(job.failedReason);
    const report = state === "completed" ? parseReport((await queue.getJob(id))?.returnvalue) : undefined;
    if (report !== undefined) return report;
    if (state === "completed") throw failed("its result is none");
    await setTimeout(1000);
  }
}

function failed(why: string): VenvdebError {
  return new VenvdebError("QUEUE_FAILED", `Cannot publish: ${why.slice(0, 5000)}`, {
    hint: "venvdeb status fleet.toml shows what is in the queue",
  });
}
