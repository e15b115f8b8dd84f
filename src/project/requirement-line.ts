import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { redactSecrets } from "../effects/redact.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import { parseRequirement, type Requirement } from "../python/requirement.ts";
import { parseWheelFilename } from "../python/wheel.ts";
import type { LogicalLine } from "./requirements-lines.ts";

/** One requirement of a file. */
export interface RequirementLine {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  /** As written, without hashes and other options of the line. */
  readonly text: string;
  /** Absent for a path or a bare URL: only the archive knows its name. */
  readonly requirement?: Requirement;
  /** Absolute, for a local archive or folder. */
  readonly path?: string;
  /** For a bare URL. */
  readonly url?: string;
  /** `sha256:…`, as written. */
  readonly hashes: readonly string[];
}

/** What is being read. */
interface Source {
  /** Absolute. */
  readonly file: string;
  /** Absolute: paths in a requirements file are those of the folder that the installer runs in. */
  readonly projectDirectory: string;
}

/**
 * Reads one line of a requirements file that is no option of the file.
 * @throws VenvdebError PROJECT_BAD_REQUIREMENTS
 */
export function readRequirementLine(source: Source, line: LogicalLine): RequirementLine {
  const [text = "", ...settings] = line.text.split(/\s+(?=--[a-z])/);
  const hashes = settings.map((setting) => {
    const [, hash] = /^--hash(?:\s*=\s*|\s+)([a-z0-9]+:[0-9a-f]+)$/.exec(setting.trim()) ?? [];
    if (hash === undefined) throw badLine(source, line, `${setting} is not supported`);
    return hash;
  });
  const common = { file: source.file, line: line.line, text, hashes };
  const path = localPath(source, text);
  if (path !== undefined) return { ...common, path };
  if (!isUrl(text)) return { ...common, requirement: readSpecifier(source, line, text) };
  const [url = "", marker = ""] = text.split(/\s+(?=;)/);
  const name = /[#&]egg=([A-Za-z0-9._-]+(?:\[[^\]]*\])?)/.exec(url)?.[1] ?? wheelName(url);
  if (name === undefined) return { ...common, url };
  return { ...common, url, requirement: readSpecifier(source, line, `${name} @ ${url} ${marker}`) };
}

/** The absolute folder or archive that a text names, as pip recognises one: by a separator or a leading dot. */
export function localPath(source: Source, text: string): string | undefined {
  const bare = text.replace(/\[[^[\]]*\]$/, "");
  if (/^file:\/\/(?:localhost)?\/[^%]*$/.test(bare)) return resolve(fileURLToPath(bare.replace(/#.*$/, "")));
  const isPath = /^\.{0,2}\//.test(bare) || /^\.{1,2}$/.test(bare) || /^[^\s@;:]+\/[^\s@;:]*$/.test(bare);
  return isPath ? resolve(source.projectDirectory, bare) : undefined;
}

export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function wheelName(url: string): string | undefined {
  return parseWheelFilename(/([^/?#]+)(?:[?#].*)?$/.exec(url)?.[1] ?? "")?.name;
}

function readSpecifier(source: Source, line: LogicalLine, specifier: string): Requirement {
  try {
    return parseRequirement(specifier);
  } catch (error) {
    throw badLine(source, line, redactSecrets(messageOf(error)));
  }
}

export function badLine(source: Source, line: LogicalLine, problem: string, hint?: string): VenvdebError {
  return new VenvdebError(
    "PROJECT_BAD_REQUIREMENTS",
    `Cannot read ${placeOf(source, line)}: ${problem}`,
    hint === undefined ? {} : { hint },
  );
}

/** `"/src/app/requirements.txt:3"` */
export function placeOf(source: Source, line: LogicalLine): string {
  return `"${source.file}:${line.line}"`;
}
