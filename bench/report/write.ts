import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SuiteResults } from "../results.ts";
import { memoryOf, spreadOf, wallOf } from "../statistics.ts";
import { compareWithAims } from "./aims.ts";
import { renderPage } from "./markdown.ts";
import { renderBars, renderLines } from "./svg.ts";

/** Writes the results of one suite, its drawings, and the page of all that were ever written to the folder. */
export function writeResults(folder: string, results: SuiteResults): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${results.suite}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
  drawRows(folder, results);
  drawSeries(folder, results);
  writePage(folder);
}

/** In the order of ORDER. */
function writePage(folder: string): void {
  const all = ORDER.flatMap((suite): SuiteResults[] => {
    const file = join(folder, `${suite}.json`);
    return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8"))] : [];
  });
  const unknown = readdirSync(folder).filter(
    (name) => name.endsWith(".json") && !ORDER.includes(name.slice(0, -".json".length)),
  );
  if (unknown.length > 0) throw new Error(`No suite has these results: ${unknown.join(", ")}`);
  writeFileSync(join(folder, "results.md"), renderPage(all, compareWithAims(all)));
}

/** Of all suites, as the page has them. */
export const ORDER: readonly string[] = ["tiny", "web", "data", "compiled", "start", "growth", "repository"];

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
