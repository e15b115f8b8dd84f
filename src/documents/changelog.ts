import { gzipSync } from "node:zlib";
import type { PackageEntry } from "../deb/entry.ts";
import { parseDebianVersion } from "../deb/version.ts";
import type { PackagePlan } from "../plan/types.ts";

/** The package's changelog with one entry, for this version (deb-changelog(5)); dated by the plan, in UTC. */
export function renderChangelog(plan: PackagePlan): string {
  const { name, version, maintainer } = plan.package;
  const date = new Date(plan.timestamp * 1000).toUTCString().replace(/GMT$/, "+0000");
  return [
    `${name} (${version}) ${plan.target.codename}; urgency=medium`,
    "",
    `  * ${plan.project.name} ${plan.project.version}${describeEnvironment(plan)}.`,
    "",
    ` -- ${maintainer}  ${date}`,
    "",
  ].join("\n");
}

function describeEnvironment({ hasEnvironment, target: { python } }: PackagePlan): string {
  return hasEnvironment ? ` with everything that it requires, for Python ${python.minor}` : "";
}

/** The changelog as shipped: compressed without a time, under the name that its kind of version has (Policy 12.7). */
export function changelogEntry(plan: PackagePlan): PackageEntry {
  const isNative = parseDebianVersion(plan.package.version).revision === "";
  return {
    kind: "data",
    path: `usr/share/doc/${plan.package.name}/${isNative ? "changelog.gz" : "changelog.Debian.gz"}`,
    mode: 0o644,
    data: compress(renderChangelog(plan)),
  };
}

/** As `gzip -9n`. The last byte of the header names the operating system: zlib builds differ there. */
function compress(text: string): Uint8Array {
  const data = gzipSync(text, { level: 9 });
  data[9] = 3;
  return data;
}
