import { error, warning } from "../finding.ts";
import { createLeakSearch, STAGING } from "../leaks.ts";
import type { Finding, Leak, Rule } from "../types.ts";

/** No path of the machine that built the package is left in it. */
export const buildPaths: Rule = ({ objects, archive }, host) => [
  ...[...objects.values()].flatMap(({ path, leaks = [] }) =>
    leaks.map((leak) => report(leak, `at byte ${leak.offset}`, path)),
  ),
  ...[...archive.controlFiles].flatMap(([name, content]) => {
    const search = createLeakSearch(host);
    search.update(content);
    return search.found.map((leak) => report(leak, `in ${name} of control.tar at byte ${leak.offset}`));
  }),
];

/** Wheels from elsewhere may name a home that happens to be ours; a staging folder is never theirs. */
function report({ text }: Leak, where: string, path?: string): Finding {
  const message = `it holds "${text}", a path of the machine that built it, ${where}`;
  return text === STAGING ? error("build-path", message, path) : warning("build-home", message, path);
}
