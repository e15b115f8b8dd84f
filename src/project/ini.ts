/** Sections and keys of an INI file, keys in lower case as configparser has them unless `keys` is `verbatim`. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads the INI dialect of Python's configparser: `key = value` or `key: value`, values go on in indented lines,
 * lines that begin with `#` or `;` are comments. `keys: "verbatim"` keeps the case (entry_points.txt).
 */
export function parseIni(text: string, keys: "lower" | "verbatim" = "lower"): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let last = "";
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line)) continue;
    const [, title] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, key, value = ""] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
      last = "";
    } else if (/^\s/.test(line) && last !== "" && line.trim() !== "") {
      section.set(last, `${section.get(last) ?? ""}\n${line.trim()}`);
    } else if (key !== undefined) {
      last = keys === "lower" ? key.toLowerCase() : key;
      section.set(last, value.trim());
    }
  }
  return sections;
}
