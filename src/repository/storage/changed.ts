import { createHash } from "node:crypto";
import { VenvdebError } from "../../errors.ts";

/**
 * Compares a file's bytes with what was read of it when it was admitted.
 * @throws VenvdebError REPO_FILE_CHANGED
 */
export async function refuseOtherBytes(
  file: string,
  sha256: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const hash = createHash("sha256");
  for await (const piece of pieces) hash.update(piece);
  if (hash.digest("hex") !== sha256) throw fileChanged(file);
}

export function fileChanged(file: string): VenvdebError {
  return new VenvdebError("REPO_FILE_CHANGED", `Cannot publish "${file}": it was changed meanwhile`, {
    hint: "run the command again when nobody writes to the file any more",
  });
}
