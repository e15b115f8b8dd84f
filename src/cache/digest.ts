import { createHash } from "node:crypto";

/** SHA-256, in hex, of a value as JSON: a key under which something is kept. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
