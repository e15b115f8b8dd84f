import { badCommit, oneLine } from "../names.ts";
import { MOST_COMMITS, type Commit, type HistoryDescription, type Ref } from "../types.ts";
import { highestTag, versionOfTag } from "../version-tags.ts";
import type { SvnClient } from "./client.ts";
import { renderCommit, type SvnCommit } from "./commits.ts";
import { childOf, childrenOf, type XmlElement } from "./xml.ts";

/** What svn knows of a path in a revision. */
export interface SvnFacts {
  readonly uuid: string;
  /** From the root of the repository, `/project/trunk`, in no encoding. */
  readonly path: string;
  /** The revision that changed it last. */
  readonly changed: number;
  readonly date: Date;
}

/** @throws VenvdebError VCS_UNREACHABLE; undefined where there is no such folder */
export async function readFacts(
  client: SvnClient,
  path: string,
  revision: number,
): Promise<SvnFacts | undefined> {
  const info = await client.askIfThere(["info", client.urlOf(path, revision)], "read the state");
  const entry = childOf(info, "entry");
  if (entry === undefined || entry.attributes["kind"] !== "dir") return undefined;
  const changed = childOf(entry, "commit");
  return {
    uuid: childOf(childOf(entry, "repository"), "uuid")?.text ?? "",
    path: decodeURIComponent((childOf(entry, "relative-url")?.text ?? "").replace(/^\^/, "")),
    changed: Number(changed?.attributes["revision"] ?? 0),
    date: new Date(childOf(changed, "date")?.text ?? 0),
  };
}

/**
 * Where a commit stands: a version tag itself, else the last that was copied from its line at or before it.
 * @throws VenvdebError VCS_BAD_COMMIT, VCS_UNREACHABLE
 */
export async function describeCommit(
  client: SvnClient,
  commit: SvnCommit,
  pattern: string | undefined,
): Promise<HistoryDescription> {
  const facts = await readFacts(client, commit.path, commit.revision);
  if (facts === undefined) throw badCommit(renderCommit(commit), "there is no such folder in that revision");
  const common = { kind: "svn", commit: renderCommit(commit), date: facts.date } as const;
  const own = commit.path.startsWith("tags/") ? commit.path.slice("tags/".length) : undefined;
  if (own !== undefined && versionOfTag(own, pattern) !== undefined)
    return { ...common, tag: own, distance: 0 };
  const line = await readLine(client, commit);
  const position = facts.changed;
  const tags = await taggedPositions(client, line, { root: rootOf(facts.path, commit.path), pattern });
  const below = tags.filter((tag) => tag.position <= position);
  const last = Math.max(...below.map((tag) => tag.position), 0);
  const nearest = highestTag(
    below.filter((tag) => tag.position === last).map((tag) => tag.ref),
    pattern,
  );
  const distance = line.revisions.filter((one) => one > last && one <= position).length;
  return { ...common, ...(nearest === undefined ? {} : { tag: nearest.name }), distance };
}

/** The revisions of a folder through all copies of it, newest first, and where it was. */
interface Line {
  readonly revisions: readonly number[];
  readonly places: readonly { readonly path: string; readonly first: number; readonly last: number }[];
}

async function readLine(client: SvnClient, { path, revision }: SvnCommit): Promise<Line> {
  const url = client.urlOf(path, revision);
  const log = ["log", "--quiet"];
  const whole =
    (await client.askIfThere([...log, "--revision=HEAD:1", url], "read the history")) ??
    (await client.ask([...log, `--revision=${revision}:1`, url], "read the history"));
  const revisions = childrenOf(whole, "logentry").map(revisionOf);
  return { revisions, places: await readPlaces(client, { path, revision }) };
}

/** Back through the copies that made it: a branch is a copy of trunk. */
async function readPlaces(client: SvnClient, commit: SvnCommit): Promise<Line["places"]> {
  const places: { path: string; first: number; last: number }[] = [];
  let facts = await readFacts(client, commit.path, commit.revision);
  if (facts === undefined) return [];
  const root = rootOf(facts.path, commit.path);
  let { path } = facts;
  let [revision, last] = [commit.revision, Number.MAX_SAFE_INTEGER];
  while (places.length < MOST_COPIES) {
    const inside = path === root ? "" : path.slice(root.length + 1);
    const range = ["--verbose", "--stop-on-copy", `--revision=1:${revision}`, "--limit=1"];
    const log = await client.ask(["log", ...range, client.urlOf(inside, revision)], "read the history");
    const [entry] = childrenOf(log, "logentry");
    if (entry === undefined) return places;
    const first = revisionOf(entry);
    places.push({ path, first, last });
    const copy = copiesOf(entry).find(({ to }) => to === path || path.startsWith(`${to}/`));
    if (copy === undefined) return places;
    path = copy.from + path.slice(copy.to.length);
    if (path !== root && !path.startsWith(`${root}/`)) return places;
    [revision, last] = [copy.revision, copy.revision];
  }
  return places;
}

const MOST_COPIES = 20;

/** Of each version tag that is a copy of the line, the revision of the line that it stands for. */
async function taggedPositions(
  client: SvnClient,
  { revisions, places }: Line,
  { root, pattern }: { readonly root: string; readonly pattern: string | undefined },
): Promise<{ readonly ref: Ref; readonly position: number }[]> {
  const log = await client.askIfThere(
    ["log", "--verbose", client.urlOf("tags", "HEAD")],
    "read the history of the tags",
  );
  const latest = new Map<string, number>();
  for (const { to, from, revision } of childrenOf(log, "logentry").flatMap(copiesOf)) {
    const name = to.startsWith(`${root}/tags/`) ? to.slice(`${root}/tags/`.length) : "";
    if (name === "" || name.includes("/") || latest.has(name)) continue;
    const isOfLine = places.some((one) => one.path === from && revision >= one.first && revision <= one.last);
    const position = isOfLine ? revisions.find((one) => one <= revision) : undefined;
    latest.set(name, position ?? 0);
  }
  return [...latest]
    .filter(([name, position]) => position > 0 && versionOfTag(name, pattern) !== undefined)
    .map(([name, position]) => ({
      ref: { kind: "tag", name, commit: `tags/${name}@${position}` },
      position,
    }));
}

/**
 * The commits after a revision up to another one that change a folder, newest first.
 * @throws VenvdebError VCS_UNREACHABLE
 */
export async function readLog(
  client: SvnClient,
  { path, revision }: SvnCommit,
  after: number,
): Promise<Commit[]> {
  if (after >= revision) return [];
  const log = await client.ask(
    ["log", `--limit=${MOST_COMMITS}`, `--revision=${revision}:${after + 1}`, client.urlOf(path, revision)],
    "read the history",
  );
  return childrenOf(log, "logentry").map((entry) => ({
    id: `r${revisionOf(entry)}`,
    date: new Date(childOf(entry, "date")?.text ?? 0),
    author: oneLine(childOf(entry, "author")?.text ?? "", 200),
    subject: oneLine((childOf(entry, "msg")?.text ?? "").trim().split("\n")[0] ?? ""),
  }));
}

/** The path of the address in its repository, from that of a folder below it. */
export function rootOf(path: string, below: string): string {
  return below === "." ? path.replace(/\/$/, "") : path.slice(0, path.length - below.length - 1);
}

function revisionOf(entry: XmlElement): number {
  return Number(entry.attributes["revision"] ?? 0);
}

export function copiesOf(
  entry: XmlElement,
): { readonly to: string; readonly from: string; readonly revision: number }[] {
  return childrenOf(childOf(entry, "paths"), "path").flatMap(({ text, attributes }) => {
    const { "copyfrom-path": from, "copyfrom-rev": revision } = attributes;
    return from === undefined ? [] : [{ to: text, from, revision: Number(revision) }];
  });
}
