import { VenvdebError, messageOf } from "../errors.ts";
import { parseStanzas } from "../deb/stanza.ts";
import type { Release, ReleaseEntry, RepositorySettings, Suite } from "./types.ts";

/** What a Release says beside its settings. */
export interface ReleaseFacts {
  readonly date: Date;
  readonly entries: readonly ReleaseEntry[];
  /** SHA-256 of the InRelease it follows. */
  readonly previous: string | undefined;
}

/**
 * The text of a Release file, as apt's debReleaseIndex reads it: no line ends in a blank, dates are in UTC. A package of
 * `all` is in the index of every architecture, so `all` is not listed.
 */
export function renderRelease(settings: RepositorySettings, suite: Suite, facts: ReleaseFacts): string {
  const fields = [...fieldsOf(settings, suite), ...datesOf(suite, facts.date)]
    .concat([["X-Venvdeb-Previous", facts.previous]])
    .flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`${name}: ${value}\n`]));
  const entries = facts.entries
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ sha256, size, path }) => ` ${sha256} ${size} ${path}\n`);
  return `${fields.join("")}SHA256:\n${entries.join("")}`;
}

/**
 * Reads a Release file.
 * @param path of it, for the message
 * @throws VenvdebError REPO_DAMAGED
 */
export function parseRelease(text: string, path = "Release"): Release {
  const [fields, ...others] = stanzasOf(text, path);
  if (fields === undefined || others.length > 0) throw damaged(path, "it is not one stanza");
  const date = new Date(fields.get("Date") ?? "");
  if (Number.isNaN(date.getTime())) throw damaged(path, "it has no Date");
  const lines = (fields.get("SHA256") ?? "").split("\n").filter((line) => line.trim() !== "");
  return { text, date, entries: lines.map((line) => parseEntry(line, path)), fields };
}

/** The identifier of a release: its Date as `20261123T120000Z`. */
export function releaseId(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Whether the texts of two releases say the same but for their dates and what they follow. */
export function saysTheSame(a: string, b: string): boolean {
  return timeless(a) === timeless(b);
}

type Field = readonly [name: string, value: string | undefined];

function fieldsOf(settings: RepositorySettings, suite: Suite): Field[] {
  const isFlat = settings.layout === "flat";
  const url = settings.publicUrl;
  return [
    ["Origin", settings.origin],
    ["Label", settings.label],
    ["Suite", suite.name],
    ["Codename", suite.codename],
    ["Version", suite.version],
    ["NotAutomatic", suite.notAutomatic === true ? "yes" : undefined],
    ["ButAutomaticUpgrades", suite.butAutomaticUpgrades === true ? "yes" : undefined],
    ["Acquire-By-Hash", "yes"],
    ["Architectures", suite.architectures.join(" ")],
    ["Components", isFlat ? undefined : suite.components.join(" ")],
    ["Description", suite.description ?? settings.description],
    ["Snapshots", url === undefined ? undefined : `${url}/snapshots/@SNAPSHOTID@/`],
  ];
}

function datesOf(suite: Suite, date: Date): Field[] {
  const days = suite.validForDays;
  const end = days === undefined ? undefined : new Date(date.getTime() + days * 86_400_000);
  return [
    ["Date", renderDate(date)],
    ["Valid-Until", end === undefined ? undefined : renderDate(end)],
  ];
}

/** RFC 1123, with the zone as a number: apt takes both, other readers only this. */
function renderDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

function stanzasOf(text: string, path: string): Map<string, string>[] {
  try {
    return parseStanzas(text, { field: 64 * 1024 * 1024, fields: 256 });
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
}

function parseEntry(line: string, path: string): ReleaseEntry {
  const match = /^\s*([0-9a-f]{64})\s+(\d{1,15})\s+(\S+)$/.exec(line);
  const [, sha256, size, name] = match ?? [];
  if (sha256 === undefined || size === undefined || name === undefined || !isInside(name))
    throw damaged(path, `it lists "${line.slice(0, 200)}"`);
  return { path: name, size: Number(size), sha256 };
}

function isInside(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function timeless(text: string): string {
  return text.replace(/^(?:Date|Valid-Until|X-Venvdeb-Previous):.*\n/gm, "");
}

function damaged(path: string, problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError("REPO_DAMAGED", `Cannot read "${path}": ${problem}`, {
    hint: "venvdeb repo verify",
    cause,
  });
}
