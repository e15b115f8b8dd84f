import { join } from "node:path";
import { readFileSync } from "../effects/fs.ts";
import { parseMetadata } from "../project/metadata.ts";
import { normalizeName } from "../python/normalize-name.ts";
import { listFiles } from "../relocate/files.ts";
import { rowIsTrue, type RecordRow } from "../relocate/record.ts";
import { readRecords, type InstalledRecord } from "../relocate/records.ts";
import { describeMetadata } from "./core-metadata.ts";
import type { Acquired, StepContext } from "./steps.ts";
import type { BuiltEnvironment, InstalledDistribution } from "./types.ts";

export interface DescribeOptions {
  readonly root: string;
  /** Modules without bytecode, relative to the environment. */
  readonly uncompiled: ReadonlySet<string>;
  /** Under which layers may be kept, by normalised name. */
  readonly keys: ReadonlyMap<string, string>;
}

/** The finished environment as data: who owns which file, and what belongs to nobody. */
export function describeEnvironment(
  acquired: readonly Acquired[],
  { plan, environment }: StepContext,
  options: DescribeOptions,
): BuiltEnvironment {
  const byName = new Map(acquired.map((one) => [one.wheel.name, one]));
  const records = readRecords(environment, plan.target.python);
  const all = listFiles(environment);
  const owned = assignOwners(environment, records, new Set(all));
  const distributions = records.map((record) =>
    withCacheFacts(
      describeDistribution(environment, record, owned.get(record.distInfo) ?? [], byName),
      options,
    ),
  );
  const taken = new Set(distributions.flatMap(({ files }) => files));
  return {
    root: options.root,
    distributions: distributions.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    skeleton: all.filter((path) => !taken.has(path)),
    further: acquired.flatMap(({ further = [] }) => further),
  };
}

function withCacheFacts(
  distribution: InstalledDistribution,
  { uncompiled, keys }: DescribeOptions,
): InstalledDistribution {
  const own = distribution.files.filter((file) => uncompiled.has(file));
  const layerKey = keys.get(distribution.name);
  return {
    ...distribution,
    ...(own.length === 0 ? {} : { uncompiled: own }),
    ...(layerKey === undefined ? {} : { layerKey }),
  };
}

/** Each file once: of several claimants, the first whose digest is that of the file. */
function assignOwners(
  environment: string,
  records: readonly InstalledRecord[],
  present: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const claims = new Map<string, { readonly distInfo: string; readonly row: RecordRow }[]>();
  for (const { distInfo, rows } of records)
    for (const row of rows)
      if (present.has(row.path)) claims.set(row.path, [...(claims.get(row.path) ?? []), { distInfo, row }]);
  const owned = new Map<string, string[]>();
  for (const [path, claimants] of claims) {
    const owner =
      claimants.length === 1 ? claimants[0] : claimants.find(({ row }) => isTrue(environment, row));
    const key = (owner ?? claimants[0])?.distInfo ?? "";
    const paths = owned.get(key);
    if (paths) paths.push(path);
    else owned.set(key, [path]);
  }
  return owned;
}

function isTrue(environment: string, row: RecordRow): boolean {
  return rowIsTrue(row, readFileSync(join(environment, row.path)));
}

function describeDistribution(
  environment: string,
  { distInfo }: InstalledRecord,
  files: readonly string[],
  byName: ReadonlyMap<string, Acquired>,
): InstalledDistribution {
  const metadata = parseMetadata(readFileSync(join(environment, distInfo, "METADATA"), "utf8"));
  const { name: displayName = "", version = "" } = metadata;
  const name = normalizeName(displayName);
  const sorted = files.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const { origin = "index", sha256, uploadTime } = byName.get(name) ?? {};
  return {
    name,
    displayName,
    version,
    origin,
    distInfo,
    files: sorted,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    metadata: describeMetadata(metadata, distInfo, sorted),
  };
}
