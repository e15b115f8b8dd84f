import { assetPath } from "../effects/assets.ts";
import { readFileSync } from "../effects/fs.ts";

/** The text of one of our own data files; their shape is checked by the tests, not at run time. */
export function readDataFile(relative: string): string {
  return readFileSync(assetPath(relative), "utf8");
}

/** Gives what `make` gave at the first call. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
