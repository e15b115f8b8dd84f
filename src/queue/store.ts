import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { PackageFile } from "../build-types.ts";
import { mkdir } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import { download } from "../repository/download.ts";
import type { Storage } from "../repository/storage/types.ts";
import type { BuiltJob } from "../sync/built.ts";
import { parsePlan } from "../sync/planned.ts";
import type { SyncPlan } from "../sync/types.ts";

/** Below it all that workers exchange: plans, packages, logs. */
export const INCOMING = "incoming/";

/**
 * Keeps a plan, and gives the SHA-256 that it is found by.
 * @throws VenvdebError what storage throws
 */
export async function keepPlan(store: Storage, plan: SyncPlan): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(plan));
  const id = sha256(bytes);
  await store.create(planPath(id), bytes);
  return id;
}

/** @throws VenvdebError QUEUE_NO_PLAN, SYNC_BAD_PLAN, and what storage throws */
export async function readKeptPlan(store: Storage, id: string): Promise<SyncPlan> {
  const kept = await store.read(planPath(id));
  if (kept !== undefined && sha256(kept.bytes) === id) return parsePlan(planPath(id), kept.bytes.toString());
  throw new VenvdebError(
    "QUEUE_NO_PLAN",
    `Cannot take a job of the queue: the plan "${planPath(id)}" in "${store.url}" ${kept === undefined ? "is not there" : "was changed"} (wanted: the plan that was submitted)`,
    { hint: "submit and worker must use the same store; then submit again" },
  );
}

function planPath(id: string): string {
  return `${INCOMING}plans/${id}.json`;
}

/** Of one job, as it is in the store: who finished first has written it. */
const manifestSchema = z.object({
  format: z.literal(1),
  key: z.string(),
  packages: z
    .array(
      z.object({
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        size: z.int().min(0),
        installedSize: z.number(),
        package: z.object({ name: z.string(), version: z.string(), architecture: z.string() }),
      }),
    )
    .max(1000),
});

/**
 * Puts the packages of a job below its key, the manifest last. Of two workers that have built the same job, the first
 * that is done stays; the other's bytes are never looked at.
 */
export async function keepIncoming(
  store: Storage,
  key: string,
  packages: readonly PackageFile[],
): Promise<"created" | "exists"> {
  for (const { path, sha256: digest } of packages)
    await store.create(packagePath(key, digest), { file: path, sha256: digest });
  const listed = packages.map(({ sha256: digest, size, installedSize, package: names }) => ({
    sha256: digest,
    size,
    installedSize,
    package: names,
  }));
  const manifest = { format: 1, key, packages: listed };
  return await store.create(manifestPath(key), Buffer.from(`${JSON.stringify(manifest)}\n`));
}

/** Whether a job was built. */
export async function hasIncoming(store: Storage, key: string): Promise<boolean> {
  return (await store.stat(manifestPath(key))) !== undefined;
}

/** The keys that were built and are not published, each with nothing yet of what it holds. */
export async function listIncoming(store: Storage): Promise<Map<string, BuiltJob>> {
  const found = new Map<string, BuiltJob>();
  for await (const { path } of store.list(INCOMING)) {
    const [, key] = /^incoming\/([0-9a-f]{64})\/job\.json$/.exec(path) ?? [];
    if (key !== undefined) found.set(key, { key, packages: [] });
  }
  return found;
}

/**
 * Brings the packages of a job to a folder of this machine; nothing when it was not built.
 * @throws VenvdebError QUEUE_BAD_PACKAGE, and what storage throws
 */
export async function fetchIncoming(
  store: Storage,
  key: string,
  folder: string,
): Promise<BuiltJob | undefined> {
  const kept = await store.read(manifestPath(key));
  if (kept === undefined) return undefined;
  const manifest = manifestSchema.safeParse(parseJson(kept.bytes.toString()));
  if (!manifest.success || manifest.data.key !== key) throw badPackage(store, manifestPath(key));
  await mkdir(join(folder, key), { recursive: true });
  const packages: PackageFile[] = [];
  for (const facts of manifest.data.packages) {
    const path = join(folder, key, `${facts.sha256}.deb`);
    const source = packagePath(key, facts.sha256);
    if (!(await download(store, source, path, facts))) throw badPackage(store, source);
    packages.push({ ...facts, path });
  }
  return { key, packages };
}

function badPackage(store: Storage, path: string): VenvdebError {
  return new VenvdebError(
    "QUEUE_BAD_PACKAGE",
    `Cannot publish "${path}" of "${store.url}": it is not what its worker has written`,
    { hint: `remove ${path.slice(0, path.lastIndexOf("/"))}/ there, and submit again` },
  );
}

/** The whole output of the last try of a job. */
export async function keepLog(store: Storage, key: string, file: string): Promise<void> {
  await store.write(logPath(key), { file });
}

export async function readLog(store: Storage, key: string): Promise<string | undefined> {
  return (await store.read(logPath(key)))?.bytes.toString();
}

/** Takes away what is published, and what was left behind long ago. */
export async function dropIncoming(
  store: Storage,
  { done, wanted }: { readonly done: ReadonlySet<string>; readonly wanted: ReadonlySet<string> },
): Promise<void> {
  const now = (await store.now()).getTime();
  for await (const { path, modified } of store.list(INCOMING)) {
    const [, key = ""] = /^incoming\/([0-9a-f]{64})\//.exec(path) ?? [];
    const isOld = now - modified.getTime() > FORGOTTEN_AFTER && !wanted.has(key);
    if (!done.has(key) && !isOld) continue;
    // First what names the others: who is stopped half-way leaves files that nobody looks for.
    if (key !== "") await store.remove(manifestPath(key));
    await store.remove(path);
  }
}

/** What nobody has published in two weeks, nobody waits for. */
const FORGOTTEN_AFTER = 14 * 86_400_000;

function manifestPath(key: string): string {
  return `${INCOMING}${key}/job.json`;
}

function packagePath(key: string, digest: string): string {
  return `${INCOMING}${key}/${digest}.deb`;
}

function logPath(key: string): string {
  return `${INCOMING}${key}/build.log`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
