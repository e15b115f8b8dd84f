import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Row } from "../../bench/measure.ts";
import { compareWithAims } from "../../bench/report/aims.ts";
import { findLosses } from "../../bench/report/losses.ts";
import { keepResults, writePage } from "../../bench/report/write.ts";
import type { SuiteResults } from "../../bench/results.ts";

const folder = mkdtempSync(join(tmpdir(), "venvdeb-bench-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tiny = suiteOf("tiny", [
  row("venvdeb xz, cold", [10, 12, 11], 1_000_000),
  row("floor: xz -6 of the tree", [10, 10, 10]),
  row("dh-virtualenv", [40, 60, 50], 4_000_000),
  row("shiv, environment only", [5, 5, 5], 3_000_000),
]);

describe("aims", () => {
  it("are held against pairs of runs that stood side by side", () => {
    const cold = compareWithAims([tiny]).filter(
      ({ suite, what }) => suite === "tiny" && what === "cold build, xz",
    );
    expect(cold.map(({ measured, verdict }) => [measured.split(";")[0], verdict])).toEqual([
      ["1.10x (1.00 to 1.20)", "reached"],
      ["4.55x (4.00 to 5.00)", "reached"],
    ]);
  });

  it("without figures are not measured", () => {
    expect(new Set(compareWithAims([]).map(({ verdict }) => verdict))).toEqual(new Set(["not measured"]));
  });

  it("of growth are missed where seconds grow faster than what grows", () => {
    const points = [
      { at: 10, row: row("cold", [1]) },
      { at: 100, row: row("cold", [11]) },
    ];
    const growth = { ...suiteOf("growth", []), series: [{ name: "files, cold", unit: "files", points }] };
    const lines = compareWithAims([growth]).filter(({ suite }) => suite === "growth");
    expect(lines.map(({ measured, verdict }) => [measured, verdict])).toEqual([
      ["11.0x", "missed"],
      ["100 MB", "reached"],
    ]);
  });
});

it("every figure of a peer that is better than ours is told", () => {
  expect(findLosses([tiny]).map(({ who, measure, theirs }) => [who, measure, theirs])).toEqual([
    ["shiv, environment only", "wall", "5.00 s"],
    ["shiv, environment only", "CPU", "5.00 s"],
  ]);
});

it("the page keeps what stands above the tables", () => {
  cpSync("bench/README.md", join(folder, "README.md"));
  keepResults(folder, tiny);
  writePage(folder);
  const once = readFileSync(join(folder, "README.md"), "utf8");
  writeFileSync(join(folder, "README.md"), once);
  writePage(folder);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe(once);
  expect(once).toMatch(/^# How fast it is/);
  expect(once).toContain("| dh-virtualenv | 50.00 (40.00 to 60.00) |");
  expect(readFileSync(join(folder, "results/tiny.svg"), "utf8")).toContain(">dh-virtualenv</text>");
});

function suiteOf(suite: string, rows: readonly Row[]): SuiteResults {
  const machine = { date: "", processor: "", cores: 2, memoryBytes: 0, system: "", load: 0, versions: {} };
  return { suite, title: suite, machine, command: "", facts: {}, rows };
}

function row(name: string, seconds: readonly number[], bytes?: number): Row {
  const samples = seconds.map((wallSeconds) => ({ wallSeconds, cpuSeconds: wallSeconds, memoryBytes: 1e8 }));
  return { name, samples, ...(bytes === undefined ? {} : { bytes }) };
}
