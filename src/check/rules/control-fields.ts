import { parseRelation } from "../../deb/relations.ts";
import { isDebianVersion } from "../../deb/version.ts";
import { messageOf } from "../../errors.ts";
import { error } from "../finding.ts";
import type { Finding, Rule } from "../types.ts";

/** The fields that a package needs, in their forms, and relations that can be read (Policy 5.3, 7.1). */
export const controlFields: Rule = ({ archive: { control } }) => [
  ...FORMS.flatMap(([name, isRight, wanted]) => {
    const value = control.get(name) ?? "";
    return isRight(value)
      ? []
      : [
          error(
            "control-field",
            `the field ${name} is ${JSON.stringify(value.slice(0, 100))} (wanted: ${wanted})`,
          ),
        ];
  }),
  ...RELATION_FIELDS.flatMap((name) => checkRelations(name, control.get(name) ?? "")),
];

const FORMS: readonly (readonly [string, (value: string) => boolean, string])[] = [
  ["Package", (value) => /^[a-z0-9][a-z0-9+.-]+$/.test(value), "a package name"],
  ["Version", isDebianVersion, "a Debian version"],
  ["Architecture", (value) => /^[a-z0-9][a-z0-9-]*$/.test(value), "all or a Debian architecture"],
  ["Maintainer", (value) => /^[^<>\n]+ <[^<>\s@]+@[^<>\s@]+>$/.test(value), "Name <address>"],
  ["Description", (value) => /^\S/.test(value), "a synopsis"],
];

const RELATION_FIELDS = [
  "Pre-Depends",
  "Depends",
  "Recommends",
  "Suggests",
  "Enhances",
  "Breaks",
  "Conflicts",
  "Replaces",
  "Provides",
];

function checkRelations(name: string, value: string): Finding[] {
  if (value.trim() === "") return [];
  return value.split(",").flatMap((relation) => {
    try {
      parseRelation(relation.trim());
      return [];
    } catch (thrown) {
      return [error("control-relation", `${name}: ${messageOf(thrown)}`)];
    }
  });
}
