import { join } from "node:path";
import { readFile } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";

/**
 * pip's settings that concern where packages come from: from its configuration files (sections `global` and
 * `install`) and its `PIP_*` variables, by pip's own order of precedence (pip, "Configuration"). Keys are spelt as
 * pip's options without dashes in front: `index-url`.
 */
export async function readPipSettings(host: Host): Promise<ReadonlyMap<string, string>> {
  const files = await Promise.all(configFiles(host).map((file) => readFile(file, "utf8").catch(() => "")));
  const parsed = files.map(parseConfig);
  const settings = new Map<string, string>();
  for (const name of ["global", "install"])
    for (const sections of parsed)
      for (const [key, value] of sections.get(name) ?? []) settings.set(key, value);
  for (const [key, value] of variables(host)) settings.set(key, value);
  return settings;
}

/** Later ones win. A `PIP_CONFIG_FILE` takes the place of the user's own files; `/dev/null` turns all off. */
function configFiles(host: Host): string[] {
  const chosen = host.env["PIP_CONFIG_FILE"];
  if (chosen === "/dev/null") return [];
  const system = (host.env["XDG_CONFIG_DIRS"] ?? "/etc/xdg")
    .split(":")
    .map((folder) => join(folder, "pip/pip.conf"));
  const own = [
    join(host.home, ".pip/pip.conf"),
    join(host.env["XDG_CONFIG_HOME"] ?? join(host.home, ".config"), "pip/pip.conf"),
  ];
  return [...system, "/etc/pip.conf", ...(chosen === undefined ? own : [chosen])];
}

function variables(host: Host): [string, string][] {
  return Object.entries(host.env).flatMap(([name, value]): [string, string][] =>
    name.startsWith("PIP_") && value !== undefined && value !== ""
      ? [[name.slice(4).toLowerCase().replaceAll("_", "-"), value]]
      : [],
  );
}

/** The dialect of Python's configparser that pip reads: `key = value` or `key: value`, indented lines go on. */
function parseConfig(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line) || line.trim() === "") continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const entry = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) {
      section = sections.get(header) ?? new Map<string, string>();
      sections.set(header, section);
      key = undefined;
    } else if (/^\s/.test(line) && key !== undefined) {
      section.set(key, `${section.get(key) ?? ""}\n${line.trim()}`.trim());
    } else if (entry) {
      key = (entry[1] ?? "").toLowerCase().replaceAll("_", "-").replace(/^--/, "");
      section.set(key, (entry[2] ?? "").trim());
    }
  }
  return sections;
}
