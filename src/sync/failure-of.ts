import { VenvdebError } from "../errors.ts";
import type { Failure } from "./types.ts";

/** Anything but an error that a user can do something about is our own bug, and goes through. */
export function failureOf(error: unknown): Failure {
  if (error instanceof VenvdebError) return { code: error.code, message: error.message };
  throw error;
}
