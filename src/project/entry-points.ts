import { parseIni } from "./ini.ts";

/** Reads an entry_points.txt: group -> name -> object reference, as written. */
export function parseEntryPoints(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    [...parseIni(text, "verbatim")].map(([group, entries]) => [group.trim(), Object.fromEntries(entries)]),
  );
}
