import { conffilesOf } from "../control-files.ts";
import { error } from "../finding.ts";
import type { Rule } from "../types.ts";

/** conffiles lists files that are there, and every file under /etc (Policy 10.7.2). */
export const conffiles: Rule = (facts) => {
  const listed = conffilesOf(facts);
  const known = new Set(listed);
  return [
    ...(known.size === listed.length ? [] : [error("conffile-repeated", "conffiles names a file twice")]),
    ...[...known]
      .filter((path) => facts.objects.get(path)?.kind !== "file")
      .map((path) =>
        error("conffile-missing", "conffiles names it, but the package ships no such file", path),
      ),
    ...[...facts.objects.values()]
      .filter(({ path, kind }) => kind === "file" && path.startsWith("etc/") && !known.has(path))
      .map(({ path }) => error("conffile-unlisted", "it is under /etc but no conffile", path)),
  ];
};
