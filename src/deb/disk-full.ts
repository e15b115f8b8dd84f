import { withTempDir } from "../effects/temp-dir.ts";
import { VenvdebError, messageOf } from "../errors.ts";

/**
 * Runs a step that writes into a folder and gives a full disk (or quota) a plain error; the compressors' children say
 * it only in their words.
 * @throws VenvdebError DEB_DISK_FULL, or what `run` throws.
 */
export async function withFullDiskError<T>(folder: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isFullDisk(error)) throw error;
    throw new VenvdebError("DEB_DISK_FULL", `Cannot write the package: no space is left in "${folder}"`, {
      cause: error,
      hint: "free some space there, or set another folder",
    });
  }
}

/**
 * A temporary folder for a build, with the same plain error.
 * @throws VenvdebError DEB_DISK_FULL, or what `run` throws.
 */
export async function withScratch<T>(run: (directory: string) => Promise<T>): Promise<T> {
  return await withTempDir(
    async (directory) => await withFullDiskError(directory, async () => await run(directory)),
  );
}

function isFullDisk(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return true;
  return code === "DEB_COMPRESS_FAILED" && /No space left|quota exceeded/i.test(messageOf(error));
}
