import { join } from "node:path";
import { createHash } from "node:crypto";
import pLimit from "p-limit";
import { readFileSync } from "../effects/fs.ts";
import type { LockedDistribution } from "../plan/types.ts";
import { listFiles } from "../relocate/files.ts";
import { buildFolders, buildWheel } from "./build-wheel.ts";
import { chooseFile, type SourceToBuild } from "./choice.ts";
import { bringSource } from "./source.ts";
import type { Acquired, BuiltWheel, StepContext } from "./steps.ts";
import { readBuiltWheel, storeBuiltWheel } from "./wheel-cache.ts";
import { readCheckedWheel } from "./wheel-file.ts";

/**
 * A wheel for each distribution: the published one where there is one that fits, else one that is built here.
 * @throws VenvdebError INSTALL_NO_FILE, INSTALL_HASH_MISSING; those of `bringSource` and `buildWheel`
 */
export async function acquireWheels(
  distributions: readonly LockedDistribution[],
  context: StepContext,
): Promise<readonly Acquired[]> {
  const hashes = context.plan.requirements.kind === "locked" ? "required" : "optional";
  const { tags } = context.plan.target.python;
  const chosen = distributions.map((one) => ({ ...one, choice: chooseFile(one, { tags, hashes }) }));
  return await inParallel(chosen, context.jobs, async ({ version, choice }, index): Promise<Acquired> => {
    const shared = { ...(version === undefined ? {} : { version }), ...timeOf(choice) };
    if (choice.kind === "wheel")
      return { ...shared, wheel: choice.wheel, origin: "index", ...sha256Of(choice.wheel.hash), ...UNBUILT };
    return { ...shared, ...(await buildSource(choice.source, index, choice.uploadTime, context)) };
  });
}

/** Some at once. After a failure nothing new is begun, and what runs comes to its end before the error is thrown. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const limit = pLimit(Math.max(1, atOnce));
  const failures: unknown[] = [];
  const results = await Promise.all(
    items.map(
      async (item, index) =>
        await limit(async () => {
          if (failures.length > 0) return [];
          try {
            return [await run(item, index)];
          } catch (error) {
            failures.push(error);
            return [];
          }
        }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return results.flat();
}

const UNBUILT = { replacements: [], sourceFiles: new Set<string>() } as const;

function timeOf({ uploadTime }: { readonly uploadTime?: number }): { uploadTime?: number } {
  return uploadTime === undefined ? {} : { uploadTime };
}

function sha256Of(hash: string | undefined): { sha256?: string } {
  return hash?.startsWith("sha256:") === true ? { sha256: hash.slice("sha256:".length) } : {};
}

/** For SOURCE_DATE_EPOCH where the lock gives no date: 2020-01-01, as for the files of the package. */
const UNDATED = 1_577_836_800;

async function buildSource(
  source: SourceToBuild,
  index: number,
  uploadTime: number | undefined,
  context: StepContext,
): Promise<Acquired> {
  const { plan, host } = context;
  const timestamp = uploadTime ?? UNDATED;
  const known = context.isFresh === true ? undefined : await readBuiltWheel(source, timestamp, context);
  const built =
    known ?? (await buildAnew(source, join(context.scratch, `build-${index}`), timestamp, context));
  if (!known && context.isFresh !== true) await storeBuiltWheel(source, timestamp, context, built);
  const { path, sha256 } = await readCheckedWheel(built.path);
  const archive = source.place.kind === "archive" ? sha256Of(source.place.hash) : {};
  const wheel = {
    name: source.name,
    filename: path.split("/").at(-1) ?? "",
    location: { path },
    hash: `sha256:${sha256}`,
  };
  return {
    wheel,
    origin:
      source.place.kind === "directory" && source.place.path === plan.project.directory ? "project" : "built",
    ...archive,
    replacements: replacementsFor(built.folder, plan.environmentPath, host.home),
    sourceFiles: source.place.kind === "directory" && host.home !== "/root" ? new Set() : built.sourceFiles,
    ...(source.place.kind === "directory" && built.further ? { further: built.further } : {}),
  };
}

async function buildAnew(
  source: SourceToBuild,
  folder: string,
  timestamp: number,
  { plan, host, installer, reporter }: StepContext,
): Promise<BuiltWheel> {
  const title = source.version === undefined ? source.name : `${source.name} ${source.version}`;
  return await reporter.step(`Build ${title} from source`, async () => {
    const interpreter = plan.target.python;
    const place = { host, python: interpreter.path, projectDirectory: plan.project.directory };
    const directory = await bringSource(source, join(folder, "source"), place);
    const sourceFiles = digestFiles(directory);
    const build = { title, source: directory, scratch: folder, installer, interpreter, host, timestamp };
    return { ...(await buildWheel(build)), folder, sourceFiles };
  });
}

/** What a build may have written into text: its environment becomes the final one, its folder a neutral one. */
export function replacementsFor(folder: string, environmentPath: string, home: string) {
  return [
    { from: buildFolders(folder).environment, to: environmentPath },
    { from: folder, to: "/usr/src" },
  ].filter(({ from }) => from !== home);
}

/** SHA-256 of every file of a source, to tell later what its build took over unchanged. */
export function digestFiles(directory: string): ReadonlySet<string> {
  const digests = listFiles(directory).flatMap((path) => {
    if (path.startsWith(".git/")) return [];
    try {
      return [
        createHash("sha256")
          .update(readFileSync(join(directory, path)))
          .digest("base64url"),
      ];
    } catch {
      return [];
    }
  });
  return new Set(digests);
}
