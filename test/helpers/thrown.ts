import { expect } from "vitest";
import { VenvdebError } from "../../src/errors.ts";

/** The error that a call ends with; fails the test when it ends well or with an error that is our own bug. */
export async function thrown(run: () => unknown): Promise<VenvdebError> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(VenvdebError);
    if (error instanceof VenvdebError) return error;
  }
  throw new Error("it did not fail");
}
