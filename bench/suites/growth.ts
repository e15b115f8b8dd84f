import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure, type Row, type Sample } from "../measure.ts";
import { sizeOf } from "../peers.ts";
import type { Series } from "../results.ts";
import { writeSyntheticProject, type Shape } from "../synthetic/wheels.ts";
import { forgetOwn, venvdeb } from "../venvdeb.ts";

interface Growth {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly (readonly [at: number, shape: Shape])[];
}

const MB = 1_000_000;

const GROWTHS: readonly Growth[] = [
  {
    name: "files",
    unit: "files",
    points: [1000, 10_000, 100_000].map((files) => [files, { distributions: 20, files, bytes: 50 * MB }]),
  },
  {
    name: "bytes",
    unit: "MB",
    points: [10, 100, 1000, 3000].map((at) => [at, { distributions: 30, files: 3000, bytes: at * MB }]),
  },
  {
    name: "distributions",
    unit: "distributions",
    points: [10, 100, 500].map((distributions) => [
      distributions,
      { distributions, files: 5000, bytes: 50 * MB },
    ]),
  },
];

export interface GrowthOptions {
  readonly work: string;
  readonly runs: number;
  readonly jobs: number;
  /** Larger points are left out. */
  readonly mostMegabytes: number;
  readonly say: (text: string) => void;
}

/**
 * What a cold build, and one after a changed line, cost as one thing grows and the others stay. zstd, so that the
 * compressor does not hide the rest.
 */
export async function measureGrowth(options: GrowthOptions): Promise<Series[]> {
  const series: Series[] = [];
  for (const { name, unit, points } of GROWTHS) {
    const small = points.filter(([, { bytes }]) => bytes <= options.mostMegabytes * MB);
    const measured: { at: number; rows: readonly Row[] }[] = [];
    for (const [at, shape] of small)
      measured.push({ at, rows: await measurePoint(`${name} ${at}`, shape, options) });
    for (const kind of ["cold", "one changed line"])
      series.push({
        name: `${name}, ${kind}`,
        unit,
        points: measured.flatMap(({ at, rows }) =>
          rows.filter((row) => row.name === kind).map((row) => ({ at, row })),
        ),
      });
  }
  return series;
}

async function measurePoint(title: string, shape: Shape, options: GrowthOptions): Promise<Row[]> {
  const { work, runs, jobs, say } = options;
  const directory = join(work, "grown");
  const cache = join(work, "growth-cache");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  writeSyntheticProject(directory, shape);
  const output = join(work, "growth-out");
  const command = venvdeb(
    ["build", directory, "-o", output, "--jobs", String(jobs), "--compression", "zstd"],
    cache,
  );
  await measure(command);
  const cold: Sample[] = [];
  const changed: Sample[] = [];
  for (let round = 1; round <= runs; round++) {
    forgetOwn(cache);
    rmSync(output, { recursive: true, force: true });
    cold.push(await measure(command));
    writeFileSync(join(directory, "grown.py"), `ANSWER = "round ${round}"\n`);
    changed.push(await measure(command));
    say(`growth: ${title}: run ${round}: ${cold.at(-1)?.wallSeconds.toFixed(1)} s cold`);
  }
  const bytes = sizeOf(output, ".deb");
  rmSync(directory, { recursive: true, force: true });
  rmSync(cache, { recursive: true, force: true });
  return [
    { name: "cold", samples: cold, bytes },
    { name: "one changed line", samples: changed, bytes },
  ];
}
