import { VenvdebError } from "../../errors.ts";
import { LIMITS } from "../limits.ts";
import { runTool, type Tool } from "../run.ts";
import type { Ref } from "../types.ts";

/**
 * Named branches that are not closed (of several heads the newest), bookmarks, which win over a branch of their name,
 * and tags.
 * @throws VenvdebError VCS_FAILED, VCS_TOO_BIG
 */
export async function readRefs(hg: Tool): Promise<Ref[]> {
  const text = await runTool(hg, ["log", "--rev", `(${OPEN}) + bookmark() + tag()`, "--template", NAMED], {
    doing: "list the branches and tags",
  });
  const lines = text.split("\n").filter((line) => line !== "");
  const listed = lines.flatMap((line) => toRefs(JSON.parse(line)));
  const of = (kind: Listed["from"]) => listed.filter(({ from }) => from === kind).map(({ ref }) => ref);
  const named = new Map([...of("branch"), ...of("bookmark")].map((ref) => [ref.name, ref]));
  const refs = [...named.values(), ...of("tag")];
  if (refs.length <= LIMITS.refs) return refs;
  throw new VenvdebError(
    "VCS_TOO_BIG",
    `Cannot list the branches and tags: there are ${refs.length} (wanted: at most ${LIMITS.refs})`,
  );
}

const OPEN = "head() and not closed()";

/** Everything by one run of a slow program, in the order of revisions, so that of several heads the newest is last. As JSON: anything may be in a name. */
const NAMED = `{dict(open=ifcontains(rev, revset("${OPEN}"), "1", ""), branch=branch, bookmarks=bookmarks, tags=tags, commit=node, date=date|hgdate)|json}\\n`;

interface Listed {
  readonly from: "branch" | "bookmark" | "tag";
  readonly ref: Ref;
}

function toRefs(listed: unknown): Listed[] {
  const { open, branch, bookmarks, tags, ...at } = toRecord(listed);
  const refs = (from: Listed["from"], names: unknown): Listed[] =>
    (Array.isArray(names) ? names : [])
      .filter((name) => name !== "tip")
      .flatMap((name) => toRef(from === "tag" ? "tag" : "branch", { ...at, name }))
      .map((ref) => ({ from, ref }));
  return [
    ...refs("branch", open === "1" ? [branch] : []),
    ...refs("bookmark", bookmarks),
    ...refs("tag", tags),
  ];
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The tags at or below a commit, newest changeset first. */
export async function readTags(hg: Tool, commit: string): Promise<Ref[]> {
  const below = ["--rev", `reverse(ancestors(id(${commit})) and tag())`];
  const tags = await list(hg, "tag", ["log", ...below, "--template", `{tags % "${template("tag")}"}`]);
  return tags.filter(({ name }) => name !== "tip");
}

/** As JSON: anything may be in a name. */
function template(keyword: string): string {
  return `{dict(name=${keyword}, commit=node, date=date|hgdate)|json}\\n`;
}

async function list(hg: Tool, kind: Ref["kind"], args: readonly string[]): Promise<Ref[]> {
  const text = await runTool(hg, args, { doing: "list the branches and tags" });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => toRef(kind, JSON.parse(line)));
}

function toRef(kind: Ref["kind"], listed: unknown): Ref[] {
  if (typeof listed !== "object" || listed === null) return [];
  const { name, commit, date }: { name?: unknown; commit?: unknown; date?: unknown } = listed;
  if (typeof name !== "string" || typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit)) return [];
  return [{ kind, name, commit, date: hgDate(String(date)) }];
}

/** Seconds since the epoch and the offset of the zone, which does not matter. */
export function hgDate(text: string): Date {
  const seconds = Number(text.split(" ")[0]);
  return new Date(Number.isFinite(seconds) ? seconds * 1000 : 0);
}
