import type { Row } from "../measure.ts";
import type { Machine, SuiteResults } from "../results.ts";
import { cpuOf, memoryOf, spreadOf, wallOf } from "../statistics.ts";
import type { AimLine } from "./aims.ts";
import type { Loss } from "./losses.ts";

/** The part of the page that is made of all results that there are. */
export function renderResults(
  results: readonly SuiteResults[],
  aims: readonly AimLine[],
  losses: readonly Loss[],
): string {
  return [
    "## What was to be reached",
    table(
      ["suite", "what", "against", "aim", "measured", ""],
      aims.map(({ suite, what, against, aim, measured, verdict }) => [
        suite,
        what,
        against,
        aim,
        measured,
        verdict,
      ]),
    ),
    "## Where we lose",
    "Aims that are missed stand above. Here is every figure of a peer that is better than ours, whatever else it leaves out.",
    table(
      ["suite", "who", "what", "theirs", "ours"],
      losses.map(({ suite, who, measure, ours, theirs }) => [suite, who, measure, theirs, ours]),
    ),
    ...results.map(renderSuite),
  ].join("\n\n");
}

function renderSuite({ suite, title, machine, command, facts, rows, series = [] }: SuiteResults): string {
  const told = Object.entries(facts).map(([name, value]) => `${value} ${name}`);
  return [
    `## ${title}`,
    `${told.length === 0 ? "" : `${told.join(", ")}. `}Again: \`${command}\`\n\n${renderMachine(machine)}`,
    ...(rows.length === 0 ? [] : [`![](results/${suite}.svg)`, renderRows(rows)]),
    ...series.map(
      ({ name, unit, points }) =>
        `### ${name}\n\n${table(
          [unit, "wall s", "CPU s", "most memory MB", "package MB"],
          points.map(({ at, row }) => [String(at), ...cellsOf(row)]),
        )}`,
    ),
    ...new Set(series.map(({ unit }) => `![](results/${suite}-${unit}.svg)`)),
  ].join("\n\n");
}

function renderMachine({ date, processor, cores, memoryBytes, system, load, versions }: Machine): string {
  const tools = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const doubt = load > cores ? " **The machine was busy: look at the CPU seconds, not at the clock.**" : "";
  return `${date}, ${cores} x ${processor}, ${Math.round(memoryBytes / 1e9)} GB, ${system}, load ${load} at the start.${doubt} ${tools.join(", ")}.`;
}

function renderRows(rows: readonly Row[]): string {
  return table(
    ["", "wall s", "CPU s", "most memory MB", "package MB"],
    rows.map((row) => [row.name, ...cellsOf(row)]),
  );
}

function cellsOf({ samples, bytes }: Row): string[] {
  const spread = (by: (sample: (typeof samples)[number]) => number) => {
    const { min, median, max } = spreadOf(samples.map(by));
    return samples.length === 1
      ? median.toFixed(2)
      : `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
  };
  const memory = spreadOf(samples.map(memoryOf)).max / 1e6;
  return [
    spread(wallOf),
    spread(cpuOf),
    memory.toFixed(0),
    bytes === undefined ? "" : (bytes / 1e6).toFixed(2),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
