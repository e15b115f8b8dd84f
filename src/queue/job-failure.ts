import { DelayedError, UnrecoverableError } from "bullmq";
import { redactSecrets } from "../effects/redact.ts";
import { stopIfInterrupted } from "../effects/interruption.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import type { Failure } from "../sync/types.ts";

/**
 * What the queue is told of a failure: without secrets, and whether to try again. While a signal ends this program nothing is
 * told: the job is no worse, and another worker takes it.
 */
export async function queueFailure(error: unknown): Promise<Error> {
  await stopIfInterrupted();
  if (error instanceof UnrecoverableError || error instanceof DelayedError) return error;
  if (error instanceof VenvdebError) return failureError(error);
  return new Error(redactSecrets(messageOf(error)).slice(0, LONGEST));
}

export function failureError({ code, message }: Failure): Error {
  const text = `${redactSecrets(message).slice(0, LONGEST)} [${code}]`;
  return isLasting(code) ? new UnrecoverableError(text) : new Error(text);
}

const LONGEST = 4000;

/** What the project or the plan says will be no other the next time. */
function isLasting(code: string): boolean {
  return /^(?:CONFIG|PROJECT|LOCK|USAGE)_|^QUEUE_(?:BAD|OTHER)_|^SYNC_BAD_PLAN$/.test(code);
}
