import { VenvdebError } from "../../errors.ts";
import { compareBytes } from "../../deb/byte-order.ts";
import type { MigrationStep } from "../../plan/previous-types.ts";
import type { Kind, Shipped } from "./shipped.ts";

/**
 * Steps for paths that are there in both packages as different things. dpkg by itself keeps a folder where a link
 * should be, unpacks through a link where a folder should be, writes a conffile through a link, and forgets the edits
 * of a conffile that becomes something else.
 * @throws VenvdebError PLAN_KIND_CHANGE for what nothing migrates, PLAN_FOLDER_WITH_CONFFILES
 */
export function kindSteps(
  before: ReadonlyMap<string, Shipped>,
  now: ReadonlyMap<string, Shipped>,
): MigrationStep[] {
  const changed = [...before].flatMap(([path, old]) => {
    const current = now.get(path);
    return current === undefined || current.kind === old.kind ? [] : [{ path, old, current }];
  });
  return changed
    .toSorted((a, b) => compareBytes(a.path, b.path))
    .flatMap(({ path, old, current }) => {
      const step = KIND_CHANGES[`${old.kind} ${current.kind}`];
      if (step === undefined) throw kindChange(path, old.kind, current.kind);
      if (old.kind === "directory") refuseConffilesBelow(path, before);
      return step({ path: `/${path}`, old: old.target ?? "", current: current.target ?? "" });
    });
}

/** What is missing here is refused. */
const KIND_CHANGES: Readonly<Partial<Record<`${Kind} ${Kind}`, (change: KindChange) => MigrationStep[]>>> = {
  // dpkg renames the one over the other.
  "file symlink": () => [],
  "symlink file": () => [],
  // Out of the way before dpkg takes it for an edit (and asks), or for none (and forgets it).
  "file conffile": ({ path }) => [{ kind: "rm_conffile", path }],
  "conffile file": ({ path }) => [{ kind: "rm_conffile", path }],
  "conffile symlink": ({ path }) => [{ kind: "rm_conffile", path }],
  "symlink conffile": ({ path, old }) => [{ kind: "symlink_to_dir", path, target: old, becomes: "conffile" }],
  "symlink directory": ({ path, old }) => [
    { kind: "symlink_to_dir", path, target: old, becomes: "directory" },
  ],
  "directory symlink": ({ path, current }) => [{ kind: "dir_to_symlink", path, target: current }],
};

/** Absolute path, and the targets of the links. */
interface KindChange {
  readonly path: string;
  readonly old: string;
  readonly current: string;
}

/** dpkg-maintscript-helper stops the upgrade on every machine then. */
function refuseConffilesBelow(folder: string, before: ReadonlyMap<string, Shipped>): void {
  for (const [path, { kind }] of before) {
    if (kind !== "conffile" || !path.startsWith(`${folder}/`)) continue;
    throw new VenvdebError(
      "PLAN_FOLDER_WITH_CONFFILES",
      `Cannot make "/${folder}" a symlink: it was a directory with the conffile "/${path}" in the previous package (wanted: a directory without conffiles)`,
      {
        hint: `keep the directory, or first release a version that ships "/${path}" elsewhere (renames) and nothing in the directory`,
      },
    );
  }
}

function kindChange(path: string, old: Kind, current: Kind): VenvdebError {
  return new VenvdebError(
    "PLAN_KIND_CHANGE",
    `Cannot upgrade "/${path}": it was a ${old} in the previous package and is a ${current} now (wanted: the same kind; dpkg would take what an operator has put there away without a word)`,
    {
      hint: `give the ${current} another path, or first release a version without "/${path}" and build this one with that as --previous`,
    },
  );
}
