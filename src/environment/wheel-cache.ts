import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "../effects/fs.ts";
import { valueOf } from "../toml.ts";
import { backendEnvironment } from "./child.ts";
import type { SourceToBuild } from "./choice.ts";
import type { BuiltWheel, StepContext } from "./steps.ts";
import { readCheckedWheel } from "./wheel-file.ts";

/**
 * A wheel that was built earlier from exactly this source, for this target, with these settings of compilers.
 * Sources that can change under the same name (folders) are never kept. A damaged entry counts as none.
 */
export async function readBuiltWheel(
  source: SourceToBuild,
  timestamp: number,
  context: StepContext,
): Promise<BuiltWheel | undefined> {
  const folder = entryFolder(source, timestamp, context);
  if (folder === undefined) return undefined;
  try {
    const note: unknown = JSON.parse(await readFile(join(folder, "note.json"), "utf8"));
    const [name, place, digests, sha256] = ["wheel", "folder", "sourceFiles", "sha256"].map((key) =>
      valueOf(note, key),
    );
    if (typeof name !== "string" || typeof place !== "string" || !Array.isArray(digests)) return undefined;
    const wheel = await readCheckedWheel(join(folder, basename(name)));
    if (wheel.sha256 !== sha256) return undefined;
    return { path: wheel.path, folder: place, sourceFiles: new Set(digests.map(String)) };
  } catch {
    return undefined;
  }
}

/** Keeps a wheel for the next time. Made beside its place and renamed; who comes second keeps the first one's. */
export async function storeBuiltWheel(
  source: SourceToBuild,
  timestamp: number,
  context: StepContext,
  built: BuiltWheel,
): Promise<void> {
  const folder = entryFolder(source, timestamp, context);
  if (folder === undefined) return;
  const { sha256 } = await readCheckedWheel(built.path);
  const note = {
    wheel: basename(built.path),
    folder: built.folder,
    sha256,
    sourceFiles: [...built.sourceFiles],
  };
  const staging = `${folder}.${crypto.randomUUID()}`;
  try {
    await mkdir(staging, { recursive: true });
    await copyFile(built.path, join(staging, note.wheel));
    await writeFile(join(staging, "note.json"), JSON.stringify(note));
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } catch {
    // The cache only saves time: a full disk or a second venvdeb at work must not fail the build.
    await rm(staging, { recursive: true, force: true });
  }
}

/** Changes with what makes a wheel different without changing its source. */
const FORMAT = 1;

function entryFolder(
  source: SourceToBuild,
  timestamp: number,
  { host, plan }: StepContext,
): string | undefined {
  const { place, subdirectory } = source;
  const identity =
    place.kind === "vcs" ? [place.url, place.commit] : place.kind === "archive" ? place.hash : undefined;
  if (identity === undefined) return undefined;
  const { HOME: _home, PATH: _path, ...compilers } = backendEnvironment(host, { home: "", path: "" });
  const { distribution, codename, architecture, python } = plan.target;
  const key = JSON.stringify([
    FORMAT,
    identity,
    subdirectory ?? "",
    timestamp,
    distribution,
    codename,
    architecture,
    python.full,
    python.extensionSuffix,
    Object.entries(compilers).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  ]);
  const digest = createHash("sha256").update(key).digest("hex");
  return join(host.cacheDirectory, "wheels", digest.slice(0, 2), digest);
}
