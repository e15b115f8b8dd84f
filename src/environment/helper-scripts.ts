import { fileURLToPath } from "node:url";

/** The Python programs of data/python, run by the target's interpreter. */
export type HelperScript = "probe" | "compile" | "fetch" | "unpack" | "pep517";

/** The absolute path of a helper, from the sources as well as from the built package. */
export function helperScript(name: HelperScript): string {
  return fileURLToPath(new URL(`../../data/python/${name}.py`, import.meta.url));
}
