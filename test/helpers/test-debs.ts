import { controlText, makeVariedDeb } from "./varied-debs.ts";

export interface TestDeb {
  readonly name: string;
  readonly version?: string;
  readonly architecture?: string;
  /** Other texts, other bytes. */
  readonly content?: string;
  readonly source?: string;
}

/** Writes a small package; gives its path. */
export function writeTestDeb(folder: string, deb: TestDeb): string {
  const { name, version = "1.0-1", architecture = "amd64", content = "", source } = deb;
  const more = source === undefined ? "" : `Source: ${source}\n`;
  return makeVariedDeb(folder, `${name}_${version.replace(":", "%3a")}_${architecture}`, {
    control: controlText(name, more, version, architecture),
    files: { [`usr/share/${name}/content`]: `${content}\n` },
  });
}
