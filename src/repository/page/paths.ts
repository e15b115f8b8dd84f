import { createHash } from "node:crypto";

export const INDEX_PAGE = "index.html";
export const STYLE_SHEET = "page/style.css";
export const SCRIPT = "page/page.js";
export const SEARCH_DATA = "page/packages.json";

/** Path of the page that tells of one package. */
export function packagePage(name: string): string {
  return `packages/${pathWord(name)}.html`;
}

/** Path of the page that lists the packages of a suite whose names begin alike. */
export function groupPage(suite: string, prefix: string): string {
  return `browse/${pathWord(suite)}/${pathWord(prefix)}.html`;
}

/** Any text as one part of a path that every store and file system takes; different texts give different parts. */
export function pathWord(text: string): string {
  const word = text.replaceAll(/^\.|[^A-Za-z0-9.-]/gu, escapePart);
  if (word.length <= LONGEST) return word === "" ? "_" : word;
  return `${word.slice(0, LONGEST - 20)}_h${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

const LONGEST = 150;

/** As in the pool, whose files have `_p` and `_t` in the place of what stores of objects dislike. */
function escapePart(part: string): string {
  if (part === "+") return "_p";
  return part === "~" ? "_t" : `_x${Buffer.from(part).toString("hex")}_`;
}

/** A link from one page of the repository to another file of it. */
export function linkFrom(page: string, target: string): string {
  const up = "../".repeat(page.split("/").length - 1);
  return up + target.split("/").map(encodeURIComponent).join("/").replaceAll("'", "%27");
}
