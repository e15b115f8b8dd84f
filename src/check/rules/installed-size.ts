import { installedSizeOf } from "../../deb/installed-size.ts";
import { error, warning } from "../finding.ts";
import type { ObjectFacts, Rule } from "../types.ts";

/** Installed-Size is there and near what dpkg-gencontrol would say (Policy 5.6.20, an estimate). */
export const installedSize: Rule = ({ archive, objects }) => {
  const given = archive.control.get("Installed-Size");
  if (given === undefined) return [warning("installed-size-missing", "the package has no Installed-Size")];
  if (!/^\d+$/.test(given)) return [error("installed-size", `Installed-Size is "${given}" (wanted: KiB)`)];
  const size = installedSizeOf([...objects.values()].map(sizedObject));
  const tolerance = 32 + size / 10;
  return Math.abs(Number(given) - size) <= tolerance
    ? []
    : [error("installed-size", `Installed-Size is ${given} KiB, the files take ${size} KiB`)];
};

function sizedObject({ kind, size, target = "" }: ObjectFacts) {
  if (kind === "symlink") return { kind, size: Buffer.byteLength(target) } as const;
  return { kind: kind === "file" || kind === "directory" ? kind : "other", size } as const;
}
