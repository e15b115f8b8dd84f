import { compareBytes } from "../../deb/byte-order.ts";
import { compareDebianVersions, isDebianVersion } from "../../deb/version.ts";
import { readContents, type PackageContents } from "../contents.ts";
import { diffDistributions } from "./distributions.ts";
import { diffFiles, diffLayers } from "./files.ts";
import { findHazards } from "./hazards.ts";
import { diffRelations } from "./relations.ts";
import type { FileChange, NamedChange, PackageDiff, PackageSummary } from "./types.ts";

/**
 * What an upgrade from one package to another would do. Both may be anyone's; what needs a manifest is empty without.
 * @throws VenvdebError as `readDeb`
 */
export async function diffPackages(oldPath: string, newPath: string): Promise<PackageDiff> {
  const old = await readContents(oldPath, { checksums: "all" });
  const current = await readContents(newPath, { checksums: "all" });
  const files = diffFiles(old, current);
  const [before, after] = [summarize(old), summarize(current)];
  const isConffile = ({ path }: FileChange) => isIn(old.conffiles, path) || isIn(current.conffiles, path);
  return {
    old: before,
    new: after,
    direction: directionOf(before, after),
    sizeChange: { packed: after.packed - before.packed, installed: after.installed - before.installed },
    distributions: diffDistributions(old, current),
    files,
    layers: diffLayers(files, old, current),
    relations: diffRelations(old.control, current.control),
    conffiles: files.filter(isConffile),
    units: files.filter(({ path }) => SERVICES.test(path)),
    scripts: diffControlFiles(old, current),
    migrations: current.manifest?.migrations ?? [],
    hazards: findHazards(old, current),
  };
}

function isIn(paths: ReadonlySet<string>, path: string): boolean {
  return paths.has(path.slice(1));
}

/** What runs by itself: units, init scripts, cron lines, timers, rotation of logs. */
const SERVICES =
  /^\/(?:(?:usr\/)?lib\/(?:systemd|sysusers\.d|tmpfiles\.d)\/|etc\/(?:init\.d|cron[^/]*|logrotate\.d|systemd)\/)/;

function summarize({ path, size, control, objects }: PackageContents): PackageSummary {
  const members = [...objects.values()].filter(({ kind }) => kind !== "directory");
  return {
    path,
    name: control.get("Package") ?? "",
    version: control.get("Version") ?? "",
    architecture: control.get("Architecture") ?? "",
    packed: size,
    installed: members.reduce((sum, member) => sum + member.size, 0),
    files: members.length,
  };
}

function directionOf(old: PackageSummary, current: PackageSummary): PackageDiff["direction"] {
  if (old.name !== current.name) return "another package";
  if (!isDebianVersion(old.version) || !isDebianVersion(current.version)) return "upgrade";
  const order = compareDebianVersions(old.version, current.version);
  return order === 0 ? "same version" : order < 0 ? "upgrade" : "downgrade";
}

/** All but those that follow from the rest: control itself, the lists of checksums and of conffiles. */
function diffControlFiles(old: PackageContents, current: PackageContents): NamedChange[] {
  const names = new Set([...old.controlFiles.keys(), ...current.controlFiles.keys()]);
  for (const derived of ["control", "md5sums", "conffiles"]) names.delete(derived);
  return [...names].toSorted(compareBytes).flatMap((name): NamedChange[] => {
    const [before, after] = [old.controlFiles.get(name), current.controlFiles.get(name)];
    if (before === undefined) return [{ name, change: "added" }];
    if (after === undefined) return [{ name, change: "removed" }];
    return Buffer.compare(before, after) === 0 ? [] : [{ name, change: "changed" }];
  });
}
