import type { Host } from "../effects/host.ts";
import type { Leak } from "./types.ts";

/** Looks for paths of the build machine in a file that comes in pieces. */
export interface LeakSearch {
  update(piece: Uint8Array): void;
  /** At most a few: one is enough to fail. */
  readonly found: readonly Leak[];
}

/** The staging folder's beginning, and the user's home unless it is that of root, which is the same everywhere. */
export function createLeakSearch(host: Pick<Host, "home">): LeakSearch {
  const patterns = [STAGING, ...homePattern(host.home)].map((text) => Buffer.from(text));
  const overlap = Math.max(...patterns.map(({ length }) => length)) - 1;
  const found: Leak[] = [];
  let carried = Buffer.alloc(0);
  let position = 0;
  return {
    found,
    update(piece) {
      const bytes = Buffer.concat([carried, piece]);
      for (const pattern of patterns) {
        // Not again what lay wholly in the former piece.
        const index = bytes.indexOf(pattern, Math.max(carried.length - pattern.length + 1, 0));
        if (index !== -1 && found.length < MAX_LEAKS)
          found.push({ text: pattern.toString(), offset: position - carried.length + index });
      }
      position += piece.length;
      carried = bytes.subarray(-overlap);
    },
  };
}

/** How the folders of src/effects/temp-dir.ts begin. */
export const STAGING = "/tmp/venvdeb-";
const MAX_LEAKS = 5;

function homePattern(home: string): string[] {
  return home === "/root" || home.split("/").filter(Boolean).length < 2
    ? []
    : [`${home.replace(/\/+$/, "")}/`];
}
