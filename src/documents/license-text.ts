/** The text of a licence as one distribution ships it. */
export interface LicenseText {
  /** Absolute on the machine. */
  readonly path: string;
  readonly text: string;
}

/**
 * The words of a licence for a copyright file: the text itself, or, where it holds a whole licence that every Debian
 * machine has (Policy 12.5) or is longer than a book chapter, the places where it is.
 */
export function quoteLicense({ path, text }: LicenseText): string {
  const common = commonLicenses(text);
  if (common.length > 0) {
    const places = common.map((name) => `/usr/share/common-licenses/${name}`).join(", ");
    return `The text is in ${path}. What it quotes in full is also in ${places}.`;
  }
  return text.length > LONGEST ? `The text is in ${path}.` : cleanText(text);
}

/** The lines of a text that claim a copyright, without the word itself. */
export function copyrightNotices(text: string): string[] {
  const claims = cleanText(text)
    .split("\n")
    .map((line) => NOTICE.exec(line)?.[1]?.trim())
    .filter((claim) => claim !== undefined)
    .filter((claim) => !/\b(?:notice|owner|holder|law|license)\b/i.test(claim));
  return [...new Set(claims)].slice(0, MOST_NOTICES);
}

/** The file in /usr/share/common-licenses for an SPDX identifier. */
export function commonLicenseFor(id: string): string | undefined {
  return COMMON.find(({ ids }) => ids.test(id))?.name;
}

const LONGEST = 60_000;
const MOST_NOTICES = 30;
const NOTICE = /^\W*copyright\s*:?\s*(?:\(c\)|©)?\s*((?:.*\d{4}.*)|(?:(?<=(?:\(c\)|©)\s*).+))$/i;

function commonLicenses(text: string): string[] {
  return COMMON.filter(({ title }) => title.test(text)).map(({ name }) => name);
}

const COMMON: readonly { readonly name: string; readonly title: RegExp; readonly ids: RegExp }[] = [
  { name: "Apache-2.0", title: /Apache License\s+Version 2\.0, January 2004/, ids: /^Apache-2\.0$/ },
  { name: "GPL-1", title: /GNU GENERAL PUBLIC LICENSE\s+Version 1,/, ids: /^GPL-1\.0/ },
  { name: "GPL-2", title: /GNU GENERAL PUBLIC LICENSE\s+Version 2,/, ids: /^GPL-2\.0/ },
  { name: "GPL-3", title: /GNU GENERAL PUBLIC LICENSE\s+Version 3,/, ids: /^GPL-3\.0/ },
  { name: "LGPL-2", title: /GNU LIBRARY GENERAL PUBLIC LICENSE\s+Version 2,/, ids: /^LGPL-2\.0/ },
  { name: "LGPL-2.1", title: /GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1,/, ids: /^LGPL-2\.1/ },
  { name: "LGPL-3", title: /GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3,/, ids: /^LGPL-3\.0/ },
  { name: "GFDL-1.2", title: /GNU Free Documentation License\s+Version 1\.2,/, ids: /^GFDL-1\.2/ },
  { name: "GFDL-1.3", title: /GNU Free Documentation License\s+Version 1\.3,/, ids: /^GFDL-1\.3/ },
  { name: "MPL-1.1", title: /MOZILLA PUBLIC LICENSE\s+Version 1\.1/i, ids: /^MPL-1\.1/ },
  { name: "MPL-2.0", title: /Mozilla Public License,?\s+Version 2\.0/i, ids: /^MPL-2\.0/ },
];

function cleanText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Surrogate}\uFEFF]/gu, "")
    .replaceAll(/(?!\n|\t)\p{Cc}/gu, " ")
    .trim();
}
