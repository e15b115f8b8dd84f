import { join } from "node:path";
import { openDirectory } from "../../src/repository/storage/directory.ts";
import type { Storage } from "../../src/repository/storage/types.ts";
import { tempFiles } from "./temp-files.ts";

/** An empty repository's folder, removed when the test is over. */
export async function localStorage(): Promise<{ storage: Storage; folder: string }> {
  const folder = join(await tempFiles(), "repository");
  return { folder, storage: await openDirectory(folder) };
}
