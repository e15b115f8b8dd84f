import { error } from "../finding.ts";
import type { Rule } from "../types.ts";

/** Nothing where packages may not put files (Policy 9.1, Filesystem Hierarchy Standard 3.0). */
export const places: Rule = ({ objects }) =>
  [...objects.values()]
    .filter(({ path }) => path !== "" && isForbidden(path))
    .map(({ path }) => error("place", "packages may not ship anything there (Policy 9.1)", path));

const ALLOWED_TOP = /^(?:bin|boot|etc|lib|lib32|lib64|libx32|opt|sbin|srv|usr|var)(?:\/|$)/;
const FORBIDDEN = /^(?:usr\/local|usr\/tmp|var\/local|var\/lock|var\/run|var\/tmp)(?:\/|$)/;

function isForbidden(path: string): boolean {
  return !ALLOWED_TOP.test(path) || FORBIDDEN.test(path);
}
