import type { PackagePlan } from "../plan/types.ts";
import type { Migration } from "../plan/previous-types.ts";
import type { MaintainerScriptName } from "../plan/system-types.ts";
import { requirePath } from "./names.ts";
import { SCRIPT_NAMES } from "./own-scripts.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * What older versions left on the machine, brought to what this one ships. dpkg-maintscript-helper(1) is called in
 * all four scripts, as it wants, first in preinst and postinst and last in prerm and postrm.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeMigrations(
  { package: { name } }: PackagePlan,
  migrations: readonly Migration[],
): SystemPart {
  const fragments = Object.fromEntries(
    SCRIPT_NAMES.map((script) => [
      script,
      migrations.flatMap((migration) => renderMigration(migration, script, name)),
    ]),
  );
  const isSwitch = migrations.some(({ kind }) => kind === "symlink_to_dir" || kind === "dir_to_symlink");
  return { entries: [], fragments, relations: isSwitch ? { preDepends: [SWITCHING_DPKG] } : {} };
}

/** The first whose helper switches folders and links as it does now. */
const SWITCHING_DPKG = "dpkg (>= 1.17.14)";

function renderMigration(migration: Migration, script: MaintainerScriptName, name: string): Fragment[] {
  const { kind, path, through } = migration;
  const fragment = (template: string, more: Readonly<Record<string, string>>): Fragment => ({
    origin: `${path}, ${WHAT[kind]}: from versions up to ${through}`,
    text: renderTemplate(`maintainer-scripts/migrate-${template}.sh.liquid`, {
      path: requirePath(path),
      through,
      ...more,
    }),
  });
  if (kind === "rm_conffile") return [fragment("rm-conffile", {})];
  if (kind === "mv_conffile") {
    const values = { to: requirePath(migration.to), package: name, listed: ` ${path} ` };
    return ["mv-conffile", ...BESIDE_MV[script]].map((template) => fragment(template, values));
  }
  if (kind === "dir_to_symlink") return [fragment("dir-to-symlink", { target: migration.target })];
  if (kind === "returned_conffile")
    return script === "postrm" ? [fragment("returned-conffile.postrm", {})] : [];
  const { target, becomes } = migration;
  const move = fragment("symlink-to-dir", { target });
  if (script !== "preinst") return [move];
  const wanted = becomes === "directory" ? "a directory" : "a configuration file";
  const refusal = `${path} is a symbolic link that somebody changed, and ${wanted} goes there. Move the link away and install again.`;
  return [move, fragment("foreign-link.preinst", { refusal })];
}

/** What the helper leaves out: a conffile that the operator has deleted, and the way back to an older version. */
const BESIDE_MV: Readonly<Record<MaintainerScriptName, readonly string[]>> = {
  preinst: ["mv-deleted.preinst"],
  postinst: ["mv-deleted.postinst", "mv-back.postinst"],
  prerm: ["mv-back.prerm"],
  postrm: ["mv-deleted.postrm"],
};

const WHAT: Readonly<Record<Migration["kind"], string>> = {
  rm_conffile: "no configuration file any more",
  returned_conffile: "a configuration file again",
  mv_conffile: "a configuration file that has another place now",
  symlink_to_dir: "no symbolic link any more",
  dir_to_symlink: "a symbolic link now, and no directory any more",
};
