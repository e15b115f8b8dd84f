import { join } from "node:path";
import { open, stat } from "../../effects/fs.ts";
import { createWholeFile } from "../../effects/whole-file.ts";
import type { SharedPlace } from "./types.ts";

/** A folder that several machines have mounted, or several users of one. @param root absolute; it is not made */
export function openSharedFolder(root: string): SharedPlace {
  return {
    url: root,
    read: async (path, signal) => {
      const file = await unless(["ENOENT"], async () => open(join(root, path), "r"));
      return file && file.createReadStream({ signal });
    },
    create: async (path, content) => {
      // Where nothing is mounted now, nothing is written either.
      await stat(root);
      const written = await unless(["EACCES", "EPERM", "EROFS"], async () =>
        createWholeFile(join(root, path), content),
      );
      return written === undefined ? "refused" : "done";
    },
  };
}

async function unless<T>(codes: readonly string[], run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && "code" in error && codes.includes(String(error.code))) return undefined;
    throw error;
  }
}
