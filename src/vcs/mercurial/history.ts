import { createHash } from "node:crypto";
import { oneLine } from "../names.ts";
import { runTool, type Tool } from "../run.ts";
import { MOST_COMMITS, type Commit, type HistoryDescription, type Ref } from "../types.ts";
import { highestTag, versionTags } from "../version-tags.ts";
import { hgDate, readTags } from "./refs.ts";

/**
 * Where a commit stands: the version tags at or below it, less those that another one follows, then the highest.
 * @throws VenvdebError VCS_FAILED
 */
export async function describeCommit(
  hg: Tool,
  commit: string,
  pattern: string | undefined,
): Promise<HistoryDescription> {
  const date = hgDate(await ask(hg, `id(${commit})`, "{date|hgdate}"));
  const tags = versionTags(await readTags(hg, commit), pattern);
  const here = highestTag(
    tags.filter((tag) => tag.commit === commit),
    pattern,
  );
  const tag = here ?? highestTag(await lastTags(hg, tags), pattern);
  const since = tag === undefined ? `ancestors(id(${commit}))` : `only(id(${commit}), id(${tag.commit}))`;
  const distance = here === undefined ? (await ask(hg, since, ".")).length : 0;
  return { kind: "hg", ...(tag === undefined ? {} : { tag: tag.name }), distance, commit, date };
}

/** The newest are enough: behind all of them there is none that nothing follows. */
async function lastTags(hg: Tool, tags: readonly Ref[]): Promise<Ref[]> {
  const newest = tags.slice(0, 200);
  if (newest.length === 0) return [];
  const set = newest.map((tag) => `id(${tag.commit})`).join(" + ");
  const heads = new Set((await ask(hg, `heads(::(${set}))`, "{node}\n")).split("\n"));
  return newest.filter((tag) => heads.has(tag.commit));
}

/**
 * The commits of a range that touch a folder, newest first.
 * @throws VenvdebError VCS_FAILED
 */
export async function readLog(
  hg: Tool,
  { from, to }: { readonly from: string | undefined; readonly to: string },
  path: string,
): Promise<Commit[]> {
  const range = from === undefined ? `ancestors(id(${to}))` : `only(id(${to}), id(${from}))`;
  const text = await runTool(
    hg,
    [
      "log",
      "--no-merges",
      "--limit",
      String(MOST_COMMITS),
      "--rev",
      `reverse(${range})`,
      "--template",
      "{dict(id=node, date=date|hgdate, author=author|person, subject=desc|firstline)|json}\\n",
      ...(path === "" ? [] : [`path:${path}`]),
    ],
    { doing: "read the history" },
  );
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => toCommit(JSON.parse(line)));
}

/**
 * A digest of the names, modes and file revisions of a folder; undefined where there is none.
 * @throws VenvdebError VCS_FAILED
 */
export async function treeId(hg: Tool, commit: string, path: string): Promise<string | undefined> {
  const listed = await runTool(hg, ["manifest", "--debug", "--rev", `id(${commit})`], {
    doing: `list the files of the commit ${commit}`,
  });
  const prefix = path === "" ? "" : `${path}/`;
  const lines = listed
    .split("\n")
    .filter((line) => line.slice(MANIFEST_COLUMNS).startsWith(prefix) && line !== "");
  if (lines.length === 0 && path !== "") return undefined;
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** `<40 digits> 755 * path`. */
const MANIFEST_COLUMNS = 47;

function toCommit(listed: { id?: unknown; date?: unknown; author?: unknown; subject?: unknown }): Commit {
  const { id, date, author, subject } = listed;
  return {
    id: String(id),
    date: hgDate(String(date)),
    author: oneLine(String(author), 200),
    subject: oneLine(String(subject)),
  };
}

async function ask(hg: Tool, revisions: string, template: string): Promise<string> {
  return await runTool(hg, ["log", "--rev", revisions, "--template", template], {
    doing: "read the history",
  });
}
