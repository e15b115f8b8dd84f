import { posix } from "node:path";
import type { ObjectFacts } from "./types.ts";

/** Where a path of the package leads, its links followed. */
export type Resolved =
  | { readonly kind: "inside"; readonly object: ObjectFacts }
  /** Outside of what the package ships, by this path. */
  | { readonly kind: "outside"; readonly path: string }
  | { readonly kind: "loop" };

/** Follows links as the kernel does, in every part of the path. `path` is relative to the root. */
export function resolvePath(path: string, objects: ReadonlyMap<string, ObjectFacts>): Resolved {
  let rest = path.split("/").filter(Boolean);
  let here = "";
  for (let hops = 0; rest.length > 0;) {
    const next = posix.join(here, rest[0] ?? "");
    rest = rest.slice(1);
    const object = objects.get(next);
    if (object?.kind !== "symlink") here = next;
    else {
      if (++hops > 40) return { kind: "loop" };
      const target = posix.resolve("/", here, object.target ?? "").slice(1);
      rest = [...target.split("/").filter(Boolean), ...rest];
      here = "";
    }
  }
  const object = objects.get(here);
  return object ? { kind: "inside", object } : { kind: "outside", path: here };
}

/** Whether a missing path should have been shipped: its own folder, or that of the environment, is ours. */
export function isOurs(path: string, objects: ReadonlyMap<string, ObjectFacts>): boolean {
  const prefix = /^opt\/[^/]+/.exec(path)?.[0];
  return prefix !== undefined && objects.has(prefix);
}
