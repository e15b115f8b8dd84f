import { compareBytes } from "../../deb/byte-order.ts";
import { compareVersions, parseVersion } from "../../python/pep440.ts";
import type { PackageContents } from "../contents.ts";
import type { DistributionChange } from "./types.ts";

/** Distributions of the environment whose version or bytes differ, by name; empty where a manifest is missing. */
export function diffDistributions(old: PackageContents, current: PackageContents): DistributionChange[] {
  if (old.manifest === undefined || current.manifest === undefined) return [];
  const before = distributionsOf(old);
  const after = distributionsOf(current);
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareBytes);
  return names.flatMap((name): DistributionChange[] => {
    const [left, right] = [before.get(name), after.get(name)];
    if (left === undefined) return right === undefined ? [] : [{ name, change: "added", new: right.version }];
    if (right === undefined) return [{ name, change: "removed", old: left.version }];
    const versions = { name, old: left.version, new: right.version };
    if (left.version !== right.version)
      return [{ ...versions, change: isOlder(left.version, right.version) ? "upgraded" : "downgraded" }];
    return left.sha256 === right.sha256 ? [] : [{ ...versions, change: "rebuilt" }];
  });
}

function distributionsOf({ manifest }: PackageContents) {
  const layers = manifest?.layers ?? [];
  return new Map(
    layers.flatMap(({ distribution }) =>
      distribution === undefined ? [] : [[distribution.name, distribution] as const],
    ),
  );
}

/** By PEP 440; a version that it does not know is older than any other, as the packaging library has it. */
function isOlder(left: string, right: string): boolean {
  const [before, after] = [parseVersion(left), parseVersion(right)];
  if (before === undefined || after === undefined) return before === undefined;
  return compareVersions(before, after) < 0;
}
