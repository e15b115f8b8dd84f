import { joinMarkup, renderMarkup, type Markup } from "./markup.ts";
import { linkFrom, packagePage } from "./paths.ts";
import { shorten } from "./text.ts";

/** Fields that name other packages (Policy 7), in the order of a page. */
export const RELATIONS = [
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

/** What a field of relations says, each with a link to the page of its package where there is one. */
export function renderRelations(value: string, page: string, hasPage: (name: string) => boolean): Markup {
  const relations = value.split(",").map((relation) => relation.trim());
  const shown = relations.slice(0, MOST_RELATIONS).map((relation) => {
    const name = NAME.exec(relation)?.[0] ?? "";
    const text = shorten(relation, 200);
    return renderMarkup("relation", {
      name: hasPage(name)
        ? renderMarkup("link", { link: linkFrom(page, packagePage(name)), text })
        : renderMarkup("text", { text }),
    });
  });
  const more = relations.length - shown.length;
  const rest = renderMarkup("relation", { name: renderMarkup("text", { text: `${more} more` }) });
  return joinMarkup(more > 0 ? [...shown, rest] : shown);
}

const MOST_RELATIONS = 150;

const NAME = /^[a-z0-9][a-z0-9+.-]+/;

/** Names that the relation fields of a stanza begin with; quick, for it is asked of every package. */
export function* namesRelatedTo(stanza: string): Generator<string> {
  for (const [, value = ""] of stanza.matchAll(RELATION_LINES))
    for (const [name] of value.matchAll(RELATED_NAME)) yield name;
}

const RELATION_LINES = new RegExp(String.raw`^(?:${RELATIONS.join("|")}):(.{0,20000})`, "gm");

const RELATED_NAME = /(?<=^ ?|, ?)[a-z0-9][a-z0-9+.-]+/g;
