import { createHash } from "node:crypto";
import { join } from "node:path";
import type { HistoryDescription, Ref } from "../vcs/types.ts";
import type { SourceSettings } from "./fleet/types.ts";
import { readJson, writeJson } from "./json-file.ts";
import type { Head } from "./types.ts";

/** What is known of commits of one source, as long as its tags are these: asking for it again would cost programs. */
export interface SourceFacts {
  readonly tags: string;
  readonly heads: Readonly<Record<string, HeadFacts>>;
}

interface HeadFacts {
  readonly tree: string;
  readonly description: HistoryDescription;
}

/** A commit's files and its place among these tags never change: what was found once holds. */
export interface FactStore {
  readonly read: (source: SourceSettings, refs: readonly Ref[]) => Promise<SourceFacts>;
  readonly write: (source: SourceSettings, facts: SourceFacts, heads: readonly Head[]) => Promise<void>;
}

/** Keeps facts in a folder of the cache, a small file for each source. Losing it costs time only. */
export function openFacts(cacheDirectory: string): FactStore {
  const folder = join(cacheDirectory, "sync");
  return {
    read: async (source, refs) => {
      const tags = tagsDigest(refs);
      const kept = await readJson(join(folder, fileOf(source)), isFacts);
      return kept?.tags === tags ? kept : { tags, heads: {} };
    },
    write: async (source, { tags, heads: known }, heads) => {
      const entries = heads.flatMap(({ commit, tree, description }) =>
        // What a shallow repository lacks may come later.
        tree === undefined || description === undefined || description.isShallow === true
          ? []
          : [[commit, { tree, description }] as const],
      );
      const isSame = Object.keys(known).length === entries.length && entries.every(([id]) => id in known);
      if (!isSame) await writeJson(folder, fileOf(source), { tags, heads: Object.fromEntries(entries) });
    },
  };
}

/** Without a file nothing is known. */
export const NO_FACTS: FactStore = {
  read: async (_source, refs) => ({ tags: tagsDigest(refs), heads: {} }),
  write: async () => undefined,
};

/** The kept fact of a commit; JSON has its date as text. */
export function factOf(
  { heads }: SourceFacts,
  commit: string,
): Pick<Head, "tree" | "description"> | undefined {
  const fact = heads[commit];
  if (fact === undefined) return undefined;
  const { tree, description } = fact;
  return { tree, description: { ...description, date: new Date(description.date) } };
}

function tagsDigest(refs: readonly Ref[]): string {
  return digest(refs.filter(({ kind }) => kind === "tag").map(({ name, commit }) => [name, commit]));
}

function fileOf({ kind, url, path = "", versionTags = "", submodules = false }: SourceSettings): string {
  return `${digest([FORMAT, kind, url, path, versionTags, submodules])}.json`;
}

/** Of the facts, and of what finds them out. */
const FORMAT = 1;

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}

function isFacts(value: object): value is SourceFacts {
  return "tags" in value && "heads" in value && typeof value.heads === "object" && value.heads !== null;
}
