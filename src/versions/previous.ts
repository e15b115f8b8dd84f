import { VenvdebError } from "../errors.ts";
import { compareDebianVersions, isDebianVersion } from "../deb/version.ts";
import type { PackageIdentity } from "../plan/types.ts";
import type { PreviousPackage } from "../plan/previous-types.ts";
import type { Reporter } from "../reporter.ts";
import { readContents, type PackageContents } from "./contents.ts";

/**
 * Reads the package that the machines have now. It may have been made by any tool.
 * @throws VenvdebError as `describePackage`; PLAN_PREVIOUS_OTHER for a package of another name
 */
export async function readPrevious(
  path: string,
  { name, version }: PackageIdentity,
  reporter: Reporter,
): Promise<PreviousPackage> {
  const previous = await describePackage(path);
  if (previous.name !== name) throw otherPackage(path, previous.name, name);
  const order = compareDebianVersions(version, previous.version);
  if (order < 0) {
    reporter.warning(
      `${name} ${version} is older than the previous package, ${previous.version}: apt does not upgrade to it`,
      `a downgrade is asked for by name: apt-get install --allow-downgrades ${name}=${version}`,
    );
  }
  if (order === 0) {
    reporter.warning(
      `${name} has the version of the previous package, ${version}: apt does not upgrade to it`,
      "raise `revision` or the project's version",
    );
  }
  return previous;
}

/**
 * What of a package matters to the one after it.
 * @throws VenvdebError DEB_BAD_VERSION, and as `readDeb`
 */
export async function describePackage(path: string): Promise<PreviousPackage> {
  const previous = describePrevious(await readContents(path, { checksums: "conffiles" }));
  if (!isDebianVersion(previous.version)) throw badVersion(path, previous.version);
  return previous;
}

function describePrevious({ control, conffiles, objects, manifest }: PackageContents): PreviousPackage {
  const all = [...objects];
  const pathsOf = (kind: string) => all.filter(([, object]) => object.kind === kind).map(([path]) => path);
  return {
    name: control.get("Package") ?? "",
    version: control.get("Version") ?? "",
    conffiles: Object.fromEntries([...conffiles].map((path) => [path, objects.get(path)?.sha256 ?? ""])),
    files: pathsOf("file"),
    directories: pathsOf("directory"),
    symlinks: Object.fromEntries(
      all.flatMap(([path, { target }]) => (target === undefined ? [] : [[path, target]])),
    ),
    devices: pathsOf("device"),
    migrations: manifest?.migrations ?? [],
  };
}

function otherPackage(path: string, found: string, wanted: string): VenvdebError {
  return new VenvdebError(
    "PLAN_PREVIOUS_OTHER",
    `Cannot take "${path}" for the previous package: it is ${found.slice(0, 100)} (wanted: an older ${wanted})`,
    {
      hint: `give --previous the ${wanted} that the machines have now; a package of another name is replaced by \`breaks\` and \`replaces\``,
      exitCode: 2,
    },
  );
}

function badVersion(path: string, version: string): VenvdebError {
  return new VenvdebError(
    "DEB_BAD_VERSION",
    `Cannot take "${path}" for the previous package: its version is ${JSON.stringify(version.slice(0, 100))} (wanted: a Debian version)`,
  );
}
