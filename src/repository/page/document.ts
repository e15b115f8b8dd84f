import type { Markup } from "./markup.ts";
import { renderMarkup } from "./markup.ts";
import { SCRIPT, STYLE_SHEET, linkFrom } from "./paths.ts";
import { shorten } from "./text.ts";

interface Document {
  /** Its path in the repository. */
  readonly page: string;
  readonly title: string;
  readonly body: Markup;
}

/** A whole HTML document. */
export function renderDocument({ page, title, body }: Document): string {
  const values = {
    title: shorten(title, 200),
    style: linkFrom(page, STYLE_SHEET),
    script: linkFrom(page, SCRIPT),
    body,
  };
  return renderMarkup("document", values).html;
}
