import { crc32 } from "node:zlib";
import { compareDebianVersions, isDebianVersion } from "../../deb/version.ts";
import { VenvdebError } from "../../errors.ts";
import type { IndexedPackage } from "../types.ts";

/** What tells the packages of an index apart, and orders them. */
export type PackageKey = Pick<IndexedPackage, "name" | "version" | "architecture" | "sha256">;

/** Where one stanza is in the text of its chunk. */
export interface ListedStanza extends Omit<IndexedPackage, "stanza"> {
  readonly start: number;
  /** After the empty line that follows it. */
  readonly end: number;
}

/** The order of an index: name, Debian version, architecture, SHA-256. */
export function compareKeys(a: PackageKey, b: PackageKey): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.version !== b.version) {
    const order = compareDebianVersions(a.version, b.version);
    // Versions that differ in zeros only are equal to dpkg.
    if (order !== 0) return order;
    return a.version < b.version ? -1 : 1;
  }
  if (a.architecture !== b.architecture) return a.architecture < b.architecture ? -1 : 1;
  return a.sha256 < b.sha256 ? -1 : Number(a.sha256 > b.sha256);
}

/** The key as one text. */
export function keyText({ name, version, architecture, sha256 }: PackageKey): string {
  return `${name} ${version} ${architecture} ${sha256}`;
}

/** Whether a stanza begins a chunk: one of 128 does, whatever is before and after it. */
export function beginsChunk({ name, version, architecture }: PackageKey): boolean {
  return crc32(`${name} ${version} ${architecture}`) % 128 === 0;
}

/**
 * The stanzas of a chunk of our own writing, each followed by an empty line.
 * @throws VenvdebError REPO_DAMAGED
 */
export function listStanzas(text: Buffer): ListedStanza[] {
  const characters = text.toString("latin1");
  const stanzas: ListedStanza[] = [];
  for (let start = 0; start < characters.length;) {
    const stanza = stanzaAt(characters, start);
    stanzas.push(stanza);
    start = stanza.end;
  }
  return stanzas;
}

/**
 * The first stanza of a chunk.
 * @throws VenvdebError REPO_DAMAGED
 */
export function firstStanza(text: Buffer): ListedStanza {
  const end = text.indexOf("\n\n");
  return stanzaAt(text.toString("latin1", 0, end === -1 ? text.length : end + 2), 0);
}

/** One byte a character: names and versions are ASCII, so that places in the text are places in the bytes. */
function stanzaAt(text: string, start: number): ListedStanza {
  const close = text.indexOf("\n\n", start);
  const stanza = text.slice(start, close + 1);
  const name = /^Package: (\S+)\n/.exec(stanza)?.[1];
  const version = fieldOf(stanza, "Version");
  const architecture = fieldOf(stanza, "Architecture");
  const filename = fieldOf(stanza, "Filename");
  const size = Number(fieldOf(stanza, "Size") ?? Number.NaN);
  const sha256 = fieldOf(stanza, "SHA256");
  const isWhole =
    close !== -1 && name && version && architecture && filename && sha256 && Number.isSafeInteger(size);
  if (!isWhole || !isDebianVersion(version)) throw badStanza(stanza);
  return { name, version, architecture, filename, size, sha256, start, end: close + 2 };
}

function fieldOf(stanza: string, name: string): string | undefined {
  const label = `\n${name}: `;
  const place = stanza.indexOf(label);
  if (place === -1) return undefined;
  const start = place + label.length;
  return stanza.slice(start, stanza.indexOf("\n", start));
}

function badStanza(stanza: string): VenvdebError {
  const [line = ""] = stanza.split("\n", 1);
  return new VenvdebError(
    "REPO_DAMAGED",
    `Cannot read the index: the stanza "${line.slice(0, 200)}" lacks Package, Version, Architecture, Filename, Size or SHA256, or the empty line after it`,
    { hint: "venvdeb repo verify" },
  );
}
