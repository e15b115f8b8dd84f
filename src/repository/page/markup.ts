import { createTemplateEngine } from "../../template-engine.ts";

/** HTML that was made by our templates: no other text gets into a page without being quoted. */
export interface Markup {
  readonly html: string;
  readonly [MADE]: true;
}

/** Nobody else can say it. A set of all that was made would keep them in memory. */
const MADE: unique symbol = Symbol("made by a template");

/** Renders `templates/page/<name>.liquid`, or `templates/<name>.liquid` for a name with a folder. */
export function renderMarkup(name: string, values: Readonly<Record<string, unknown>> = {}): Markup {
  const template = `${name.includes("/") ? name : `page/${name}`}.liquid`;
  return { html: engine.render(template, values), [MADE]: true };
}

/** Pieces one after the other. */
export function joinMarkup(pieces: readonly Markup[]): Markup {
  return { html: pieces.map(htmlOf).join(""), [MADE]: true };
}

function htmlOf(value: Markup): string {
  if (typeof value !== "object" || !Object.hasOwn(value, MADE))
    throw new Error("A page takes markup from its templates only");
  return value.html;
}

/** Text between tags. What would turn the direction of the text around it is shown by its number. */
export function quoteHtml(value: string): string {
  return value
    .replaceAll(/\p{Surrogate}/gu, "\ufffd")
    .replaceAll(UNSEEN, (character) => `[U+${hexOf(character)}]`)
    .replaceAll(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** The value of an attribute, between double quotes. */
export function quoteAttribute(value: string): string {
  return quoteHtml(value).replaceAll("\n", "&#10;");
}

/** The value of an attribute that is a link: to the web, or to a path whose parts are percent-encoded. */
export function quoteUrl(value: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(value) ? !isWebUrl(value) : !/^[\w.~!$&()*+,;=%/#?@-]*$/.test(value))
    throw new Error(`A page cannot link to ${JSON.stringify(value.slice(0, 200))}`);
  return quoteAttribute(value);
}

/** Whether a text is an address that a browser may be sent to. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}\p{Cf}"'<>\\]+$/iu.test(text) && URL.canParse(text);
}

/** The quoting filters, by the name that templates use. */
const PAGE_FILTERS = {
  html: quoteHtml,
  attribute: quoteAttribute,
  url: quoteUrl,
  /** Made by another template. */
  markup: htmlOf,
} as const;

const engine = createTemplateEngine(PAGE_FILTERS);

/** What is wrong with the text of a page's template, if anything. */
export const pageTemplateProblem = engine.problem;

/** Control characters but tab and newline, and those that embed, override or isolate a direction (Unicode UAX 9). */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069](?<![\t\n])/gu;

const SPECIAL = /[&<>"'`]/g;

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
}
