import { basename, join } from "node:path";
import type { BuildReport } from "../build-types.ts";
import { digestOf } from "../cache/digest.ts";
import { digestFile, type Store } from "../cache/store.ts";
import { lstatSync } from "../effects/fs.ts";
import type { Installer } from "../environment/installers/types.ts";
import { digestFurther } from "./inputs.ts";

/** What a build was made of, in the store where its result is remembered. */
export interface Inputs {
  readonly store: Store;
  /** As `digestInputs` gives it. */
  readonly digest: string;
  readonly installer: Installer | undefined;
}

/** Keeps what was built out of some inputs, and which requirements of it only the build has found out. */
export async function rememberBuild(
  { store, digest, installer }: Inputs,
  report: BuildReport,
  further: readonly string[],
): Promise<void> {
  const key = await digestFurther(digest, further, installer);
  if (key === undefined) return;
  await store.writeNote("build", digest, { further });
  await store.writeNote("build", digestOfReport(key), report);
}

/** The package of the same inputs, where it still is in the output folder as it was written. */
export async function findUnchanged(
  { store, digest, installer }: Inputs,
  output: string,
): Promise<BuildReport | undefined> {
  const first = await store.readNote("build", digest);
  if (!hasFurther(first)) return undefined;
  const key = await digestFurther(digest, first.further, installer);
  const note = key === undefined ? undefined : await store.readNote("build", digestOfReport(key));
  if (!isReport(note)) return undefined;
  const path = join(output, basename(note.path));
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true || stats.size !== note.size) return undefined;
  const sha256 = await digestFile(path).catch(() => "");
  return sha256 === note.sha256 ? { ...note, path, unchanged: true } : undefined;
}

function digestOfReport(key: string): string {
  return digestOf(["report", key]);
}

/** Written under these keys by this very program. */
function hasFurther(note: unknown): note is { readonly further: readonly string[] } {
  return typeof note === "object" && note !== null && "further" in note;
}

function isReport(note: unknown): note is BuildReport {
  return typeof note === "object" && note !== null && "path" in note;
}
