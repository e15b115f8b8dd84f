/** Fields of a stanza, by their names as written; of a very long value only the beginning. Never throws. */
export function readFields(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [, name = "", value = ""] of stanza.matchAll(FIELD)) {
    if (!fields.has(name)) fields.set(name, shorten(value.trim(), LONGEST_VALUE));
  }
  return fields;
}

const FIELD = /^([!-9;-~]+):((?:.*)(?:\n[ \t].*)*)/gm;

const LONGEST_VALUE = 20_000;

/** The first line of the description. */
export function synopsisOf(stanza: string): string {
  const start = stanza.indexOf("\nDescription:");
  if (start === -1) return "";
  const from = start + "\nDescription:".length;
  const end = stanza.indexOf("\n", from);
  return shorten(stanza.slice(from, end === -1 ? undefined : Math.min(end, from + 1000)).trim(), 160);
}

/** Paragraphs of the long description (Policy 5.6.13); indented lines keep their breaks. */
export function paragraphsOf(description: string): readonly string[] {
  const lines = description.split("\n").slice(1);
  return shorten(lines.map(plainLine).join("\n"), LONGEST_DESCRIPTION)
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll(/\n(?! )/g, " ").trim())
    .filter((paragraph) => paragraph !== "");
}

const LONGEST_DESCRIPTION = 4000;

function plainLine(line: string): string {
  const text = line.slice(1).trimEnd();
  return text === "." ? "" : text;
}

/** At most so many characters; an ellipsis stands for the rest. */
export function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

/** Bytes for people, in a form that stays on one line. */
export function sizeText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)}\u00a0${UNITS[power]}`;
}

const UNITS = ["B", "kB", "MB", "GB"];

/** A day in UTC: `23 Nov 2026`. */
export function dayText(date: Date): string {
  return `${date.getUTCDate()}\u00a0${MONTHS[date.getUTCMonth()]}\u00a0${date.getUTCFullYear()}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A fingerprint as people compare it: in fours, with a wider gap in the middle. */
export function fingerprintText(fingerprint: string): string {
  const fours = fingerprint.match(/.{1,4}/g) ?? [];
  const half = Math.ceil(fours.length / 2);
  return `${fours.slice(0, half).join(" ")}  ${fours.slice(half).join(" ")}`;
}

/** `1 package`, `2 packages`, `10,000 packages`. */
export function countText(count: number, noun: string): string {
  return `${String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",")} ${noun}${count === 1 ? "" : "s"}`;
}
