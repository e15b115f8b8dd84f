import { join } from "node:path";
import { rm } from "../effects/fs.ts";
import type { JobResult } from "./execute/types.ts";
import { namesIn, readJson, writeJson } from "./json-file.ts";
import type { SyncPlaces } from "./places.ts";
import type { KeptFailure } from "./types.ts";

/** The jobs that failed when they last ran, by key. */
export async function readFailures({ failed }: SyncPlaces): Promise<Map<string, KeptFailure>> {
  const names = (await namesIn(failed)).filter((name) => name.endsWith(".json"));
  const all = await Promise.all(names.map(async (name) => readJson(join(failed, name), isFailure)));
  return new Map(all.flatMap((each) => (each === undefined ? [] : [[each.key, each] as const])));
}

function isFailure(value: object): value is KeptFailure {
  return "key" in value && "attempts" in value && "time" in value && "log" in value;
}

/** Keeps the failures of a run, and forgets those of jobs that went well. */
export async function keepFailures(
  { failed }: SyncPlaces,
  results: readonly JobResult[],
  known: ReadonlyMap<string, KeptFailure>,
  now: number,
): Promise<KeptFailure[]> {
  const kept: KeptFailure[] = [];
  for (const result of results) {
    const { key, source, refs, commit, target } = result.job;
    if (result.outcome === "built") await rm(join(failed, `${key}.json`), { force: true });
    else {
      const attempts = (known.get(key)?.attempts ?? 0) + 1;
      const { failure, log } = result;
      const one = { key, source, refs, commit, target, ...failure, log, attempts, time: now };
      await writeJson(failed, `${key}.json`, one);
      kept.push(one);
    }
  }
  return kept;
}

/** Forgets jobs that nothing wants any more: their branch has moved on, or is gone. */
export async function forgetFailures(
  { failed, logs }: SyncPlaces,
  known: ReadonlyMap<string, KeptFailure>,
  wanted: ReadonlySet<string>,
): Promise<void> {
  for (const key of known.keys())
    if (!wanted.has(key)) {
      await rm(join(failed, `${key}.json`), { force: true });
      await rm(join(logs, `${key}.log`), { force: true });
    }
}
