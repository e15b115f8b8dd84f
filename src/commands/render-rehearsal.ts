import { dirname } from "node:path";
import type { Rehearsal, StepReport } from "../rehearse/types.ts";
import { renderTable } from "./table.ts";

/** A rehearsal for people: a line a step, what failed in full below, then what it was done on. */
export function renderRehearsal({ steps, machine, kept }: Rehearsal): string {
  const failed = steps.filter(({ outcome }) => outcome === "FAIL");
  const count = (wanted: StepReport["outcome"]) => steps.filter(({ outcome }) => outcome === wanted).length;
  const kind = machine.kind === "booted" ? "a booted machine" : "a chroot";
  return [
    renderTable(steps.map(stepRow)),
    ...failed.map(({ title, detail }) => `\n${title}:\n${indent(detail)}\n`),
    `\n${machine.release}, ${kind}: ${count("PASS")} passed, ${failed.length} failed, ${count("SKIPPED")} skipped\n`,
    ...(machine.reason === undefined ? [] : [`Not booted: ${machine.reason}\n`]),
    ...(kept === undefined
      ? []
      : [`The machine is at ${kept}; to remove it: umount -R ${kept}; rm -r ${dirname(kept)}\n`]),
  ].join("");
}

function stepRow({ outcome, seconds, title, detail }: StepReport): string[] {
  const [line = ""] = detail.split("\n");
  return [outcome, `${seconds.toFixed(1).padStart(5)} s`, title, outcome === "FAIL" ? "see below" : line];
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
