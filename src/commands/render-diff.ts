import type { FileChange, Hazard, PackageDiff } from "../versions/diff/types.ts";
import { renderBytes, renderTable } from "./table.ts";

/** The difference of two packages for people: one section for each part that has any, hazards first. */
export function renderDiff(diff: PackageDiff, { files }: { readonly files: boolean }): string {
  const sections = [
    header(diff),
    section("Hazards", diff.hazards.map(hazardRow)),
    section(
      "Python distributions",
      diff.distributions.map(({ name, change, old = "", new: current = "" }) => [
        name,
        change,
        arrow(old, current),
      ]),
    ),
    section(
      "Relations",
      diff.relations.flatMap(({ field, added, removed }) => [
        ...removed.map((relation) => [field, "removed", relation]),
        ...added.map((relation) => [field, "added", relation]),
      ]),
    ),
    section("Conffiles", diff.conffiles.map(changeRow)),
    section("Units and jobs", diff.units.map(changeRow)),
    section(
      "Maintainer scripts",
      diff.scripts.map(({ name, change }) => [name, change]),
    ),
    section("Files by layer", layerRows(diff)),
    ...(files ? [section("Files", diff.files.map(changeRow))] : []),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function header({ old, new: current, direction, sizeChange }: PackageDiff): string {
  return renderTable([
    ["package", arrow(`${old.name} ${old.version}`, `${current.name} ${current.version}`), `(${direction})`],
    ["architecture", arrow(old.architecture, current.architecture), ""],
    ["packed", arrow(renderBytes(old.packed), renderBytes(current.packed)), signed(sizeChange.packed)],
    [
      "installed",
      arrow(renderBytes(old.installed), renderBytes(current.installed)),
      signed(sizeChange.installed),
    ],
    ["files", arrow(String(old.files), String(current.files)), ""],
  ]);
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `${title}\n${renderTable(rows.map((row) => ["", ...row]))}`;
}

function hazardRow({ handled, path, message }: Hazard): string[] {
  return [handled ? "handled" : "HAZARD", path, message];
}

function changeRow({ change, path, what = "" }: Omit<FileChange, "layer">): string[] {
  return [change, path, what === "content" ? "" : what];
}

function layerRows({ layers }: PackageDiff): string[][] {
  return layers.map(({ layer, added, removed, changed, sizeChange }) => [
    layer,
    `${added} added`,
    `${removed} removed`,
    `${changed} changed`,
    signed(sizeChange),
  ]);
}

function arrow(old: string, current: string): string {
  if (old === "" || current === "") return `${old}${current}`;
  return old === current ? old : `${old} -> ${current}`;
}

function signed(bytes: number): string {
  return bytes < 0 ? `-${renderBytes(-bytes)}` : `+${renderBytes(bytes)}`;
}
