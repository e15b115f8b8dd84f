import { keepHeapSmall } from "../../effects/memory.ts";
import { CONTROL_TAR_LIMIT, parseControl, readControlFiles } from "../../deb/read.ts";
import { readTar } from "../../deb/untar.ts";
import { VenvdebError } from "../../errors.ts";
import { gatherDetails, once } from "./gather-details.ts";
import { naming } from "./naming.ts";
import { openPackage, type OpenedPackage } from "./open-package.ts";
import type { AdmitOptions, AdmittedPackage, Unpacked } from "./types.ts";
import { unpackMembers } from "./unpack-members.ts";
import { validateControl } from "./validate-control.ts";
import { validateControlText } from "./validate-text.ts";

/**
 * Reads packages that are to be published, whoever made them, in the order of their paths; any of them may be hostile.
 * @throws VenvdebError REPO_BAD_PACKAGE, REPO_FILE_CHANGED, DEB_NOT_A_PACKAGE, DEB_TRUNCATED, DEB_BAD_TAR,
 *   DEB_BAD_CONTROL, DEB_BAD_STANZA, DEB_DECOMPRESS_FAILED for the first that can't be published; TOOL_MISSING
 */
export async function admitPackages(
  paths: readonly string[],
  options: AdmitOptions,
): Promise<readonly AdmittedPackage[]> {
  const all: AdmittedPackage[] = [];
  for await (const batch of admitInBatches(paths, options)) all.push(...batch);
  return all;
}

/**
 * The same, a few hundred at a time, so that the details of ten thousand packages need not be in memory together.
 * @throws VenvdebError as `admitPackages`
 */
export async function* admitInBatches(
  paths: readonly string[],
  options: AdmitOptions,
): AsyncGenerator<readonly AdmittedPackage[]> {
  if (paths.length > BATCH) keepHeapSmall();
  const jobs = Math.max(1, options.jobs);
  const running: Promise<readonly AdmittedPackage[]>[] = [];
  let done = 0;
  try {
    for (const batch of cutBatches(paths, jobs)) {
      running.push(startBatch(batch, options));
      if (running.length >= jobs) yield await finish();
    }
    while (running.length > 0) yield await finish();
  } finally {
    await Promise.allSettled(running);
  }

  async function finish(): Promise<readonly AdmittedPackage[]> {
    const batch = (await running.shift()) ?? [];
    done += batch.length;
    options.onProgress?.(done);
    return batch;
  }
}

/** Enough to make up for the start of a program, few enough that all jobs have some. */
const BATCH = 256;

function* cutBatches(paths: readonly string[], jobs: number): Generator<readonly string[]> {
  const size = Math.max(1, Math.min(BATCH, Math.ceil(paths.length / jobs)));
  for (let start = 0; start < paths.length; start += size) yield paths.slice(start, start + size);
}

/** Its failure is looked at when its turn comes: until then it must not count as one that nobody handles. */
function startBatch(paths: readonly string[], options: AdmitOptions): Promise<readonly AdmittedPackage[]> {
  const batch = admitBatch(paths, options);
  batch.catch(() => {});
  return batch;
}

async function admitBatch(
  paths: readonly string[],
  options: AdmitOptions,
): Promise<readonly AdmittedPackage[]> {
  const keepsData = options.contents || options.details === true;
  const opened: OpenedPackage[] = [];
  for (const path of paths) opened.push(await naming(path, () => openPackage(path, keepsData)));
  const unpacked = await unpackMembers(
    opened.map(({ control }) => control),
    CONTROL_TAR_LIMIT,
  );
  const bare: Omit<AdmittedPackage, "details">[] = [];
  for (const [index, one] of opened.entries())
    bare.push(await naming(one.file, () => admitOne(one, unpacked[index])));
  const named = opened.map((one, index) => ({ opened: one, name: bare[index]?.name ?? "" }));
  const details = await gatherDetails(named, options);
  const admitted: AdmittedPackage[] = [];
  for (const [index, one] of bare.entries()) admitted.push({ ...one, details: details[index] ?? {} });
  return admitted;
}

async function admitOne(
  { file, size, sha256 }: OpenedPackage,
  unpacked: Unpacked | undefined,
): Promise<Omit<AdmittedPackage, "details">> {
  if (unpacked === undefined || unpacked instanceof VenvdebError) throw unpacked ?? new Error("not unpacked");
  const control = await readControl(unpacked);
  return { file, ...validateControl(control), size, sha256, control };
}

async function readControl(tar: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const files = await readControlFiles(readTar(once(tar)));
  const control = files.get("control");
  if (control) validateControlText(control);
  return parseControl(control);
}
