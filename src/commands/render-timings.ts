import type { Cost, Timings } from "../effects/step-timings.ts";

/** Where the time of a build went, for people: a line a step, the seconds by the clock and of the processors. */
export function renderTimings(timings: Timings): string {
  const rows = [
    ...timings.steps.map(({ title, ...cost }) => [title, ...cells(cost)]),
    ["between the steps", ...cells(timings.rest)],
    ["the whole build", ...cells(timings)],
  ];
  const table = [["step", "wall s", "own CPU s", "programs' CPU s"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) => `${row.map((cell, column) => align(cell, widths, column)).join("  ")}\n`)
    .join("");
}

function cells({ wallSeconds, ownCpuSeconds, programsCpuSeconds }: Cost): string[] {
  return [wallSeconds, ownCpuSeconds, programsCpuSeconds].map((seconds) => seconds.toFixed(2));
}

/** Numbers to the right. */
function align(cell: string, widths: readonly number[], column: number): string {
  const width = widths[column] ?? 0;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
