import { join } from "node:path";
import { createReadStream, lstatSync, readdir, readlink } from "../../effects/fs.ts";
import { unsafe } from "./paths.ts";
import type { TreeEntry } from "./types.ts";

/** The members of a folder that a tool has written, links as links. */
export async function* readFolder(folder: string, below = ""): AsyncGenerator<TreeEntry> {
  for (const name of (await readdir(join(folder, below))).toSorted()) {
    const path = below === "" ? name : `${below}/${name}`;
    const place = join(folder, path);
    const stats = lstatSync(place);
    if (stats.isSymbolicLink()) yield { kind: "symlink", path, target: await readlink(place) };
    else if (stats.isDirectory()) {
      yield { kind: "directory", path };
      yield* readFolder(folder, path);
    } else if (stats.isFile()) {
      const isExecutable = (stats.mode & 0o100) !== 0;
      yield { kind: "file", path, isExecutable, size: stats.size, data: () => createReadStream(place) };
    } else throw unsafe(path, "it is neither a file, a folder nor a symbolic link");
  }
}
