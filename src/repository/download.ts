import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { open } from "../effects/fs.ts";
import type { Storage } from "./storage/types.ts";

/** What an index or a manifest says of a file. */
interface FileFacts {
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/**
 * Brings an object to a file of this machine, and no more of it than there should be.
 * @returns whether it is what it should be
 * @throws VenvdebError REPO_OBJECT_MISSING, and what storage throws
 */
export async function download(
  storage: Storage,
  source: string,
  path: string,
  { size, sha256 }: FileFacts,
): Promise<boolean> {
  const hash = createHash("sha256");
  let received = 0;
  const file = await open(path, "w");
  await pipeline(
    storage.stream(source),
    async function* measured(chunks) {
      for await (const chunk of chunks) {
        received += chunk.length;
        if (received > size) return;
        hash.update(chunk);
        yield chunk;
      }
    },
    file.createWriteStream(),
  );
  return received === size && hash.digest("hex") === sha256;
}
