/** One line of a shlibs file: `[type:] library version dependencies`. */
export interface ShlibsEntry {
  /** `deb`, `udeb`; absent: any. */
  readonly type?: string;
  readonly library: string;
  readonly version: string;
  /** Relations divided by commas; may be empty. */
  readonly dependencies: string;
}

/** Reads a shlibs file (deb-shlibs(5)); lines that are none are skipped. */
export function parseShlibs(text: string): ShlibsEntry[] {
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("#")) return [];
    const [match, type, library = "", version = "", dependencies = ""] =
      /^\s*(?:(\S+):\s+)?(\S+)\s+(\S+)(?:\s+(\S.*?))?\s*$/.exec(line) ?? [];
    if (match === undefined) return [];
    return [{ ...(type === undefined ? {} : { type }), library, version, dependencies }];
  });
}

/** What a shlibs file says of a SONAME in a .deb; a line for the type comes before one for any. */
export function findShlibs(entries: readonly ShlibsEntry[], soname: string): string | undefined {
  const wanted = splitSoname(soname);
  if (wanted === undefined) return undefined;
  const lines = entries.filter(
    ({ library, version }) => library === wanted.library && version === wanted.version,
  );
  const line = lines.find(({ type }) => type === "deb") ?? lines.find(({ type }) => type === undefined);
  return line?.dependencies;
}

/** `libpq.so.5` and `libdb-5.3.so` to library and version; `undefined` for a name without a version. */
export function splitSoname(soname: string): { library: string; version: string } | undefined {
  const [, library, version] = /^(.+)\.so\.(.+)$/.exec(soname) ?? /^(.+)-(\d.*)\.so$/.exec(soname) ?? [];
  return library === undefined || version === undefined ? undefined : { library, version };
}

/** The SONAMEs that a line can mean. */
export function sonamesOf({ library, version }: ShlibsEntry): string[] {
  return [`${library}.so.${version}`, `${library}-${version}.so`];
}
