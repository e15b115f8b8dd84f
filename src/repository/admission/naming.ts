import { VenvdebError } from "../../errors.ts";

/** Runs a step for one package, whose file its error then names. */
export async function naming<T>(file: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof VenvdebError) || error.code === "TOOL_MISSING") throw error;
    const problem = error.message.replace(/^Cannot (?:read|decompress) (?:"[^"]*"|[^:"]*): /, "");
    throw new VenvdebError(error.code, `Cannot add "${file}": ${problem}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}
