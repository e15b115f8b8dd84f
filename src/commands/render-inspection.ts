import { parseRelation } from "../deb/relations.ts";
import type { ExplainedRelation, RelationReason } from "../dependencies/types.ts";
import type { Manifest } from "../documents/manifest.ts";
import { VenvdebError } from "../errors.ts";
import type { InspectedFile, Inspection } from "./read-inspection.ts";
import { renderBytes, renderTable } from "./table.ts";

/** A package for people: control, relations with their reasons, layers by size. */
export function renderInspection(inspection: Inspection, { files }: { readonly files: boolean }): string {
  const { control, manifest } = inspection;
  const fields = Object.entries(control).map(([name, value]) => `${name}: ${folded(value)}\n`);
  const installed = inspection.files.reduce((sum, { size }) => sum + size, 0);
  const counted = inspection.files.filter(({ kind }) => kind !== "directory").length;
  const sections = [
    fields.join(""),
    `${counted} files, ${renderBytes(installed)} installed, ${renderBytes(inspection.size)} packed\n`,
    ...(inspection.controlFiles.length === 0
      ? []
      : [`Control files: ${inspection.controlFiles.join(", ")}\n`]),
    ...(manifest === undefined ? [] : [renderRelations(manifest.relations), renderLayers(manifest)]),
    ...(files ? [renderTable(inspection.files.map(fileRow))] : []),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

/**
 * The relations to one package and every reason for them.
 * @throws VenvdebError DEB_NO_MANIFEST for a package that does not say why
 */
export function renderWhy(
  { path, manifest, control }: Inspection,
  name: string,
): { readonly relations: readonly ExplainedRelation[]; readonly text: string } {
  if (manifest === undefined) throw noManifest(path);
  const relations = manifest.relations.filter(({ relation }) => isOn(relation, name));
  if (relations.length > 0) return { relations, text: relations.map(explain).join("\n") };
  return { relations, text: `${control["Package"] ?? path} has no relation to ${name} that venvdeb found\n` };
}

/** As the control file has it: further lines are indented, an empty one is a dot (Policy 5.6.13). */
function folded(value: string): string {
  return value.replaceAll(/\n(?=\n|$)/g, "\n.").replaceAll("\n", "\n ");
}

function isOn(relation: string, name: string): boolean {
  return parseRelation(relation).some((alternative) => alternative.name === name);
}

function explain({ field, relation, reasons }: ExplainedRelation): string {
  return `${field}: ${relation}\n${reasons.map((reason) => `  ${describe(reason)}\n`).join("")}`;
}

function describe({ distribution, object, library, detail }: RelationReason): string {
  const who = [distribution, object].filter((part) => part !== undefined).join(": ");
  const what = library === undefined ? detail : `${library}: ${detail}`;
  return who === "" ? what : `${who}: ${what}`;
}

function renderRelations(relations: readonly ExplainedRelation[]): string {
  return renderTable(relations.map(({ field, relation, reasons }) => [field, relation, summarize(reasons)]));
}

/** The distributions that are the reason, else the first reason itself. */
function summarize(reasons: readonly RelationReason[]): string {
  const names = [...new Set(reasons.flatMap(({ distribution }) => distribution ?? []))];
  if (names.length === 0) return reasons[0]?.detail ?? "";
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

function renderLayers({ layers }: Manifest): string {
  const bySize = layers.toSorted((a, b) => b.installedBytes - a.installedBytes);
  const rows = bySize.map(({ id, files, installedBytes, distribution }) => [
    id.replace(/^dist:/, ""),
    distribution?.version ?? "",
    `${files} files`,
    renderBytes(installedBytes),
    distribution?.license ?? "",
  ]);
  return renderTable([["layer", "version", "files", "size", "license"], ...rows]);
}

function fileRow({ path, kind, mode, size, target }: InspectedFile): string[] {
  const arrow = target === undefined ? "" : ` -> ${target}`;
  return [kind, mode.toString(8).padStart(4, "0"), kind === "file" ? String(size) : "", `/${path}${arrow}`];
}

function noManifest(path: string): VenvdebError {
  return new VenvdebError(
    "DEB_NO_MANIFEST",
    `Cannot explain the relations of "${path}": it holds no manifest of venvdeb (a package that venvdeb built is wanted)`,
  );
}
