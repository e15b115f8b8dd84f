import { join } from "node:path";
import { readdirSync } from "../effects/fs.ts";

/** Every file and link below a folder, relative to it, in the byte order of names within each folder. */
export function listFiles(root: string, below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true })
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, path) : [path];
    });
}
