import { explainRelations, selectRelations } from "../dependencies/explain.ts";
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
    ...(files ? [renderFiles(inspection)] : []),
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
  const relations = selectRelations(manifest.relations, name);
  const text = explainRelations(relations).map((line) => `${line}\n`);
  if (relations.length > 0) return { relations, text: text.join("") };
  return { relations, text: `${control["Package"] ?? path} has no relation to ${name}\n` };
}

/** As the control file has it: further lines are indented, an empty one is a dot (Policy 5.6.13). */
function folded(value: string): string {
  return value.replaceAll(/\n(?=\n|$)/g, "\n.").replaceAll("\n", "\n ");
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

/**
 * Every file under its layer. The archive holds the layers in the manifest's order, each with as many files as it
 * says, and at the end those beside the environment.
 */
function renderFiles({ files, manifest }: Inspection): string {
  const members = files.filter(({ kind }) => kind !== "directory");
  const parts: string[] = [];
  let start = 0;
  for (const { id, files: count } of manifest?.layers ?? []) {
    parts.push(renderLayerFiles(id.replace(/^dist:/, ""), members.slice(start, start + count)));
    start += count;
  }
  return [...parts, renderLayerFiles(manifest === undefined ? "" : "system", members.slice(start))].join(
    "\n",
  );
}

function renderLayerFiles(layer: string, files: readonly InspectedFile[]): string {
  return `${layer === "" ? "" : `${layer}:\n`}${renderTable(files.map(fileRow))}`;
}

function fileRow({ path, kind, mode, size, target }: InspectedFile): string[] {
  const arrow = target === undefined ? "" : ` -> ${target}`;
  return [mode.toString(8).padStart(4, "0"), kind === "file" ? String(size) : kind, `/${path}${arrow}`];
}

function noManifest(path: string): VenvdebError {
  return new VenvdebError(
    "DEB_NO_MANIFEST",
    `Cannot explain the relations of "${path}": it holds no manifest of venvdeb (a package that venvdeb built is wanted)`,
  );
}
