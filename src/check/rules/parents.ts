import { error } from "../finding.ts";
import type { Rule } from "../types.ts";

/** Every folder has an entry before what is in it, and every path only one: dpkg creates no parents. */
export const parents: Rule = ({ orphans, repeated }) => [
  ...orphans.map((path) => error("parent-missing", "no folder entry comes before it", path)),
  ...repeated.map((path) => error("path-repeated", "two members have this path", path)),
];
