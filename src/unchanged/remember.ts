import { basename, join } from "node:path";
import type { BuildReport } from "../build-types.ts";
import { digestFile, type Store } from "../cache/store.ts";
import { lstatSync } from "../effects/fs.ts";

/** Keeps what was built out of some inputs. */
export async function rememberBuild(store: Store, inputs: string, report: BuildReport): Promise<void> {
  await store.writeNote("build", inputs, report);
}

/** The package of the same inputs, where it still is in the output folder as it was written. */
export async function findUnchanged(
  store: Store,
  inputs: string,
  output: string,
): Promise<BuildReport | undefined> {
  const note = await store.readNote("build", inputs);
  if (!isReport(note)) return undefined;
  const path = join(output, basename(note.path));
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true || stats.size !== note.size) return undefined;
  const sha256 = await digestFile(path).catch(() => "");
  return sha256 === note.sha256 ? { ...note, path, unchanged: true } : undefined;
}

/** Written under this key by this very program. */
function isReport(note: unknown): note is BuildReport {
  return typeof note === "object" && note !== null && "path" in note;
}
