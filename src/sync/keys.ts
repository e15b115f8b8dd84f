import { createHash } from "node:crypto";
import type { SourceSettings } from "./fleet/types.ts";

/** Of source and target: versions on one line replace one another. */
export function lineOf({ kind, url, path = "" }: SourceSettings, target: string): string {
  return digest(["line", kind, url, path, target]).slice(0, 16);
}

/** What a package is made of, besides the index of Python packages. */
export interface KeyFacts {
  readonly line: string;
  readonly tree: string;
  /** Of history: the version itself at a tag; behind one, the tag alone, so that only other files make another package. */
  readonly version: string | undefined;
  readonly revision: string;
  readonly compression: string | undefined;
  readonly tool: string;
}

export function keyOf({ line, tree, version, revision, compression, tool }: KeyFacts): string {
  return digest(["key", 1, line, tree, version, revision, compression, tool]);
}

/** The key of what is built again, because something else of its version was published. */
export function laterKey(base: string, after: string): string {
  return digest(["later", base, after]);
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
