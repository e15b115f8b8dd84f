import { setTimeout } from "node:timers/promises";

/** What one try of a request came to. */
export interface Trial {
  /** From 1. From the second on, an earlier one may have been carried out without our knowing. */
  readonly number: number;
}

/**
 * Tries a request again while its failure may be one of the moment (500, 503 SlowDown, 409, a dropped connection): up to
 * `TRIES` times, with pauses that grow and are chosen by chance, so that many publishers do not come back at once.
 */
export async function withRetries<T>(run: (trial: Trial) => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await run({ number });
    } catch (error) {
      if (number >= triesFor(error)) throw error;
      await setTimeout(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** number));
    }
  }
}

/** What the store answered with; nothing where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  const metadata = fieldOf(error, "$metadata");
  const status = fieldOf(metadata, "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

/** The store's own name of an error: `NoSuchBucket`, …; or of the network's: `ECONNRESET`. */
export function nameOf(error: unknown): string {
  const code = fieldOf(error, "code") ?? fieldOf(error, "Code") ?? fieldOf(error, "name");
  return typeof code === "string" ? code : "Error";
}

/** Whether the object is not there; an answer to HEAD has no body that tells more than the status. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && ["NoSuchKey", "NotFound"].includes(nameOf(error));
}

export function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && field in value
    ? (Reflect.get(value, field) as unknown)
    : undefined;
}

const [TRIES, FIRST_PAUSE, LONGEST_PAUSE] = [10, 50, 5000];

/** A wrong endpoint is no failure of the moment, but a server that starts again looks the same. */
const TRIES_UNREACHED = 4;

const RETRIED_STATUS = new Set([408, 409, 425, 429, 500, 502, 503, 504]);
const RETRIED_NAMES = new Set([
  "RequestTimeout",
  "SlowDown",
  "InternalError",
  "TimeoutError",
  "OperationAborted",
]);
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
const DROPPED = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "ERR_STREAM_PREMATURE_CLOSE"]);

function triesFor(error: unknown): number {
  const [status, name] = [statusOf(error), nameOf(error)];
  if (RETRIED_NAMES.has(name) || DROPPED.has(name)) return TRIES;
  if (UNREACHED.has(name)) return TRIES_UNREACHED;
  if (status !== undefined && RETRIED_STATUS.has(status)) return TRIES;
  const said = error instanceof Error ? error.message : "";
  return /socket hang up|aborted|terminated|premature|incomplete/i.test(said) ? TRIES : 1;
}
