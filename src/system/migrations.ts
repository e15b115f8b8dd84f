import type { Migration } from "../plan/types.ts";
import { requirePath } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { SCRIPT_NAMES } from "./own-scripts.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * What older versions left on the machine, brought to what this one ships. dpkg-maintscript-helper(1) is called in
 * all four scripts, as it wants, first in preinst and postinst and last in prerm and postrm.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeMigrations(migrations: readonly Migration[]): SystemPart {
  const [first] = migrations;
  if (first === undefined) return { entries: [], fragments: {} };
  const fragments = Object.fromEntries(
    SCRIPT_NAMES.map((name) => [name, migrations.flatMap((migration) => render(migration, name))] as const),
  );
  const isSwitch = migrations.some(({ kind }) => kind === "symlink_to_dir" || kind === "dir_to_symlink");
  return { entries: [], fragments, relations: isSwitch ? { preDepends: [SWITCHING_DPKG] } : {} };
}

/** The first whose helper switches folders and links as it does now. */
const SWITCHING_DPKG = "dpkg (>= 1.17.14)";

function render(migration: Migration, script: (typeof SCRIPT_NAMES)[number]): Fragment[] {
  const { kind, path, through } = migration;
  const origin = `${describe(migration)} since versions up to ${through}`;
  const values = { path: requirePath(path), through };
  const fragment = (template: string, more: Readonly<Record<string, string>> = {}): Fragment => ({
    origin,
    text: renderTemplate(`maintainer-scripts/${template}.sh.liquid`, { ...values, ...more }),
  });
  switch (kind) {
    case "rm_conffile":
      return [fragment("migrate-rm-conffile")];
    case "returned_conffile":
      return script === "postrm" ? [fragment("migrate-returned-conffile.postrm")] : [];
    case "mv_conffile":
      return [fragment("migrate-mv-conffile", { to: requirePath(migration.to) })];
    case "symlink_to_dir": {
      const { target } = migration;
      const move = fragment("migrate-symlink-to-dir", { target });
      if (script !== "preinst") return [move];
      const what = migration.becomes === "directory" ? "a directory" : "a configuration file";
      const refusal = `${path} is a symbolic link, and ${what} goes there: make it one, or remove the link, and install again`;
      return [move, fragment("migrate-foreign-link.preinst", { refusal })];
    }
    case "dir_to_symlink":
      return [fragment("migrate-dir-to-symlink", { target: migration.target })];
  }
}

function describe(migration: Migration): string {
  switch (migration.kind) {
    case "rm_conffile":
      return `conffile ${migration.path}, dropped`;
    case "returned_conffile":
      return `conffile ${migration.path}, dropped once`;
    case "mv_conffile":
      return `conffile ${migration.path}, now ${migration.to},`;
    case "symlink_to_dir":
      return `${migration.path}, no symbolic link any more`;
    case "dir_to_symlink":
      return `${migration.path}, a symbolic link`;
  }
}
