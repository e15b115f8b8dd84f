import { createHash } from "node:crypto";
import { readFileSync } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";
import type { PackagePlan } from "../../plan/types.ts";
import type { MigrationStep } from "../../plan/previous-types.ts";
import type { Shipped } from "./shipped.ts";

/**
 * Steps for conffiles that are not shipped at their old path any more: renamed, by the setting or by content that
 * stands at one new path, else dropped. An edit moves with a renamed one and is kept beside a dropped one.
 * @throws VenvdebError PLAN_BAD_RENAME
 */
export function conffileSteps(plan: PackagePlan, now: ReadonlyMap<string, Shipped>): MigrationStep[] {
  const { previous, renames } = plan;
  const known = previous?.conffiles ?? {};
  const declared = Object.entries(renames).flatMap(([path, to]) => {
    validateRename({ path, to }, now, plan);
    // The previous package has made the step, and hands it on.
    const isDone = previous !== undefined && !isIn(known, path) && isIn(known, to);
    return isDone ? [] : [{ kind: "mv_conffile", path, to } as const];
  });
  const settled = new Set(declared.map(({ path }) => path));
  const gone = Object.keys(known).filter((path) => !now.has(path) && !settled.has(`/${path}`));
  const taken = new Set(declared.map(({ to }) => to));
  const byContent = newByContent(now, known, taken);
  return [...declared, ...gone.map((path) => drop(path, gone, known, byContent))];
}

function drop(
  path: string,
  gone: readonly string[],
  known: Readonly<Record<string, string>>,
  byContent: ReadonlyMap<string, readonly string[]>,
): MigrationStep {
  const digest = known[path] ?? "";
  const [to, another] = byContent.get(digest) ?? [];
  const isAlone = gone.filter((other) => known[other] === digest).length === 1;
  return to !== undefined && another === undefined && isAlone
    ? { kind: "mv_conffile", path: `/${path}`, to: `/${to}` }
    : { kind: "rm_conffile", path: `/${path}` };
}

/** Conffiles that the previous package did not have, by the SHA-256 of their content; an empty one is like any other. */
function newByContent(
  now: ReadonlyMap<string, Shipped>,
  known: Readonly<Record<string, string>>,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [path, { kind, entry }] of now) {
    if (kind !== "conffile" || isIn(known, `/${path}`) || taken.has(`/${path}`)) continue;
    if (entry?.kind !== "file" && entry?.kind !== "data") continue;
    const bytes = entry.kind === "data" ? entry.data : readFileSync(entry.source);
    if (bytes.length === 0) continue;
    const digest = createHash("sha256").update(bytes).digest("hex");
    found.set(digest, [...(found.get(digest) ?? []), path]);
  }
  return found;
}

function isIn(conffiles: Readonly<Record<string, string>>, path: string): boolean {
  return Object.hasOwn(conffiles, path.slice(1));
}

function validateRename(
  { path, to }: { readonly path: string; readonly to: string },
  now: ReadonlyMap<string, Shipped>,
  { previous }: PackagePlan,
): void {
  if (now.has(path.slice(1))) throw badRename(path, to, `"${path}" is still shipped (wanted: it is gone)`);
  if (now.get(to.slice(1))?.kind !== "conffile")
    throw badRename(path, to, `"${to}" is not shipped as a conffile (wanted: a conffile)`);
  const known = previous?.conffiles ?? {};
  if (isIn(known, path) && isIn(known, to))
    throw badRename(path, to, "the previous package has both, each with edits of its own (wanted: one)");
}

function badRename(path: string, to: string, problem: string): VenvdebError {
  return new VenvdebError("PLAN_BAD_RENAME", `Cannot rename "${path}" to "${to}": ${problem}`, {
    hint: `correct [tool.venvdeb.renames] "${path}"`,
    exitCode: 2,
  });
}
