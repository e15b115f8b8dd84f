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
    ...(plan.history?.changes ?? []).flatMap(changeLines),
    "",
    ` -- ${maintainer}  ${date}`,
    "",
  ].join("\n");
}

function describeEnvironment({ hasEnvironment, target: { python } }: PackagePlan): string {
  return hasEnvironment ? ` with everything that it requires, for Python ${python.minor}` : "";
}

/** One change of the project, on lines of 80 columns at most. */
function changeLines(change: string): string[] {
  const lines: string[] = [];
  for (const word of change.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(`  * ${word}`);
    else if (last.length + 1 + word.length <= 80) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`    ${word}`);
  }
  return lines;
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
