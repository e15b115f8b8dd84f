import { conffilesOf, linesOf } from "../control-files.ts";
import { error, warning } from "../finding.ts";
import type { Finding, PackageFacts, Rule } from "../types.ts";

/** md5sums names every file but conffiles and links, each with the checksum of its bytes (deb-md5sums(5)). */
export const checksums: Rule = (facts) => {
  const listed = new Map<string, string>();
  const findings: Finding[] = [];
  for (const line of linesOf(facts, "md5sums")) {
    const [, md5, path] = /^([0-9a-f]{32})[ *]{2}(?:\.\/)?(.+)$/.exec(line) ?? [];
    if (md5 === undefined || path === undefined)
      findings.push(error("md5sums-line", `md5sums has the line ${JSON.stringify(line.slice(0, 100))}`));
    else listed.set(path, md5);
  }
  return [...findings, ...compare(listed, facts)];
};

function compare(listed: ReadonlyMap<string, string>, facts: PackageFacts): Finding[] {
  const findings: Finding[] = [];
  for (const [path, md5] of listed) {
    const actual = facts.objects.get(path)?.md5;
    if (actual === undefined)
      findings.push(error("md5sums-extra", "md5sums names a file that is not there", path));
    else if (actual !== md5) findings.push(error("md5sums-differ", "md5sums has another checksum", path));
  }
  const conffiles = new Set(conffilesOf(facts));
  for (const { path, kind } of facts.objects.values())
    if (kind === "file" && !conffiles.has(path) && !listed.has(path))
      findings.push(warning("md5sums-missing", "md5sums does not name the file", path));
  return findings;
}
