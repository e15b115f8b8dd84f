import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SuiteResults } from "../results.ts";
import { memoryOf, spreadOf, wallOf } from "../statistics.ts";
import { compareWithAims } from "./aims.ts";
import { findLosses } from "./losses.ts";
import { renderResults } from "./markdown.ts";
import { renderBars, renderLines } from "./svg.ts";

/** Of all suites, as the page has them. */
export const ORDER: readonly string[] = [
  "tiny",
  "web",
  "data",
  "compiled",
  "start",
  "growth",
  "repository",
  "large-repository",
];

/** Keeps the results of one suite in `results` below the folder. */
export function keepResults(folder: string, results: SuiteResults): void {
  const kept = join(folder, "results");
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${results.suite}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
}

const BEGIN = "<!-- From here on made by `npm run bench`. -->";

/** Makes the drawings and the lower part of README.md anew, of all the results that were ever kept in the folder. */
export function writePage(folder: string): void {
  const kept = join(folder, "results");
  const all = ORDER.flatMap((suite): SuiteResults[] => {
    const file = join(kept, `${suite}.json`);
    return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8"))] : [];
  });
  for (const results of all) {
    drawRows(kept, results);
    drawSeries(kept, results);
  }
  const page = join(folder, "README.md");
  const [head = ""] = (existsSync(page) ? readFileSync(page, "utf8") : "").split(BEGIN);
  const made = renderResults(all, compareWithAims(all), findLosses(all));
  writeFileSync(page, `${head.trimEnd()}\n\n${BEGIN}\n\n${made}\n`.trimStart());
}

function drawRows(folder: string, { suite, title, rows }: SuiteResults): void {
  if (rows.length === 0) return;
  const bars = rows.map(({ name, samples }) => ({
    label: name,
    value: spreadOf(samples.map(wallOf)).median,
    isOurs: name.startsWith("venvdeb"),
  }));
  writeFileSync(join(folder, `${suite}.svg`), renderBars(title, "s", bars));
}

function drawSeries(folder: string, { suite, series = [] }: SuiteResults): void {
  for (const unit of new Set(series.map((one) => one.unit))) {
    const own = series.filter((one) => one.unit === unit);
    const seconds = own.map(({ name, points }) => ({
      label: `${name}: s`,
      points: points.map(({ at, row }) => ({ x: at, y: spreadOf(row.samples.map(wallOf)).median })),
    }));
    const memory = own.slice(0, 1).map(({ name, points }) => ({
      label: `${name}: 100 MB`,
      points: points.map(({ at, row }) => ({ x: at, y: spreadOf(row.samples.map(memoryOf)).max / 1e8 })),
    }));
    const lines = [...seconds, ...memory].filter(({ points }) => points.length > 0);
    if (lines.length > 0)
      writeFileSync(
        join(folder, `${suite}-${unit}.svg`),
        renderLines(`Cost by ${unit}`, unit, "seconds, 100 MB of memory", lines),
      );
  }
}
