import { error, warning } from "../finding.ts";
import { isOurs, resolvePath } from "../links.ts";
import type { Finding, ObjectFacts, Rule } from "../types.ts";

/** Links lead to something: inside the prefix to a shipped file, elsewhere to a place that machines have. */
export const links: Rule = ({ objects }) =>
  [...objects.values()].flatMap((object) => (object.kind === "symlink" ? checkLink(object, objects) : []));

function checkLink({ path, target = "" }: ObjectFacts, objects: ReadonlyMap<string, ObjectFacts>): Finding[] {
  const resolved = resolvePath(path, objects);
  if (resolved.kind === "loop") return [error("link-loop", "it leads to itself", path)];
  if (resolved.kind === "inside") return [];
  if (isOurs(resolved.path, objects))
    return [error("link-broken", `it leads to "${target}", which is not shipped`, path)];
  return /^(?:home|tmp|root|usr\/local|mnt|media)(?:\/|$)/.test(resolved.path)
    ? [warning("link-outside", `it leads to "${target}", which packages can't rely on`, path)]
    : [];
}
