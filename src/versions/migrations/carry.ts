import type { PackagePlan } from "../../plan/types.ts";
import type { Migration, MigrationStep } from "../../plan/previous-types.ts";
import type { Shipped } from "./shipped.ts";

/** What the previous package's migrations are for this one: a machine may have skipped the previous. */
export function carryMigrations(
  { previous }: PackagePlan,
  now: ReadonlyMap<string, Shipped>,
  fresh: readonly MigrationStep[],
): Migration[] {
  const known = previous?.conffiles ?? {};
  return (previous?.migrations ?? []).flatMap((migration): Migration[] => {
    const { kind, path, through } = migration;
    const current = now.get(path.slice(1));
    const isConffile = current?.kind === "conffile";
    if (kind === "rm_conffile") {
      const isBack = isConffile && !Object.hasOwn(known, path.slice(1));
      return [isBack ? { kind: "returned_conffile", path, through } : migration];
    }
    if (kind === "returned_conffile") return isConffile ? [migration] : [];
    if (kind === "mv_conffile") return current === undefined ? followRename(migration, now, fresh) : [];
    if (kind === "symlink_to_dir") return current?.kind === migration.becomes ? [migration] : [];
    return current?.target === undefined ? [] : [{ ...migration, target: current.target }];
  });
}

/** Its new place may have been renamed again, or dropped. */
function followRename(
  migration: Migration & { readonly kind: "mv_conffile" },
  now: ReadonlyMap<string, Shipped>,
  fresh: readonly MigrationStep[],
): Migration[] {
  const { path, to, through } = migration;
  if (now.get(to.slice(1))?.kind === "conffile") return [migration];
  const next = fresh.find((step) => step.kind === "mv_conffile" && step.path === to);
  return next?.kind === "mv_conffile"
    ? [{ ...migration, to: next.to }]
    : [{ kind: "rm_conffile", path, through }];
}
