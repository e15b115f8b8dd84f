import { fileURLToPath } from "node:url";

/** Absolute path of a file that ships with the program (`data/…`, `templates/…`), from its path in the package. */
export function assetPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}
