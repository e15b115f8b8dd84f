import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { assetPath } from "../../../src/effects/assets.ts";
import {
  isWebUrl,
  pageTemplateProblem,
  quoteAttribute,
  quoteHtml,
  quoteUrl,
  renderMarkup,
} from "../../../src/repository/page/markup.ts";

const templates = ["page", "queue"].flatMap((family) =>
  readdirSync(assetPath(`templates/${family}`))
    .filter((name) => name.endsWith(".liquid"))
    .map((name) => [name, readFileSync(assetPath(`templates/${family}/${name}`), "utf8")] as const),
);

describe("the templates of pages", () => {
  it("are there", () => {
    expect(templates.length).toBeGreaterThan(20);
  });

  it.each(templates)("%s quotes every value and has no logic", (_name, text) => {
    expect(pageTemplateProblem(text)).toBeUndefined();
  });

  it.each(templates)("%s quotes each value for its place", (_name, text) => {
    const quoted = /(?<= (?:href|src)=")\{\{ \w+ \| url \}\}(?=[^<>"]*")/g;
    const attribute = /(?<= [a-z-]+=")\{\{ \w+ \| attribute \}\}(?=")/g;
    const outside = text.replaceAll(quoted, "").replaceAll(attribute, "");
    expect(outside).not.toMatch(/\| (?:url|attribute) \}\}/);
    expect(outside).not.toMatch(/<[^>]*\{\{/);
  });

  it.each(templates)("%s has neither scripts nor styles nor addresses of its own", (_name, text) => {
    expect(text).not.toMatch(/<style| style=| on[a-z]+=|<script(?! src="\{\{)|https?:/i);
  });

  it.each(["{{ a }}", "{{ a | raw }}", "{{ a | sh }}", "{% if a %}{% endif %}"])(
    "may not hold %s",
    (text) => {
      expect(pageTemplateProblem(text)).toContain("a place without a quoting filter");
    },
  );

  it("take no markup that is not theirs", () => {
    const values = { title: "a", content: { html: "<b>" } };
    expect(() => renderMarkup("section", values)).toThrow(/does not render/);
  });

  it("fail on a value that is not given", () => {
    expect(() => renderMarkup("paragraph", {})).toThrow(/does not render/);
  });
});

describe("quoting", () => {
  it("leaves nothing that a browser reads as markup", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(quoteHtml(text)).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
        expect(quoteAttribute(text)).not.toMatch(/[<>"'`\n]/);
      }),
    );
  });

  it.each([
    ["a\u202egnp.exe", "a[U+202E]gnp.exe"],
    ["\u2066x\u2069", "[U+2066]x[U+2069]"],
    ["a\0b\u001b[1m", "a[U+0000]b[U+001B][1m"],
    ["a\tb\nc", "a\tb\nc"],
    ["\ud800", "\ufffd"],
    ["שלום", "שלום"],
  ])("shows %j as %j", (text, shown) => {
    expect(quoteHtml(text)).toBe(shown);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "JAVASCRIPT:x",
    "vbscript:x",
    " javascript:x",
    "java\nscript:x",
  ])("refuses a link to %j", (link) => {
    expect(() => quoteUrl(link)).toThrow(/cannot link/);
    expect(isWebUrl(link)).toBe(false);
  });

  it.each(["https://example.com/a?b=c&d", "../pool/main/a%2Bb.deb", "#set-up", "index.html#packages"])(
    "links to %j",
    (link) => {
      expect(quoteUrl(link)).toBe(link.replaceAll("&", "&#38;"));
    },
  );

  it.each(["https://", "https://a b", 'https://a"b', "ftp://example.com", "https://a\u202eb"])(
    "takes %j for no web address",
    (text) => {
      expect(isWebUrl(text)).toBe(false);
    },
  );
});
