import { runTool, type Tool } from "../run.ts";
import type { HistoryDescription, Ref } from "../types.ts";
import { highestTag, versionTags } from "../version-tags.ts";
import { readRefs } from "./refs.ts";

/**
 * Where a commit stands: the version tags at or below it, less those that another one follows, then the highest.
 * @throws VenvdebError VCS_FAILED
 */
export async function describeCommit(
  git: Tool,
  commit: string,
  pattern: string | undefined,
): Promise<HistoryDescription> {
  const date = await commitDate(git, commit);
  const tags = versionTags(await readRefs(git, commit), pattern);
  const here = highestTag(
    tags.filter((tag) => tag.commit === commit),
    pattern,
  );
  const tag = here ?? highestTag(await nearestTags(git, commit, tags), pattern);
  const isShallow = (await ask(git, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
  return {
    kind: "git",
    ...(tag === undefined ? {} : { tag: tag.name }),
    distance: here === undefined ? await countCommits(git, commit, tag) : 0,
    commit,
    date,
    ...(isShallow ? { isShallow } : {}),
  };
}

export async function commitDate(git: Tool, commit: string): Promise<Date> {
  // Not "show": even without a patch it compares the whole tree, of which a hostile one has no end.
  const shown = await ask(git, ["rev-list", "--max-count=1", "--format=%ct", commit]);
  return new Date(Number(shown.trim().split("\n").at(-1)) * 1000);
}

/** Those that a commit after all tags has as its parent: of a line of tags only the last one is. */
async function nearestTags(git: Tool, commit: string, tags: readonly Ref[]): Promise<readonly Ref[]> {
  if (tags.length === 0) return [];
  const input = [commit, ...tags.map((tag) => `^${tag.commit}`)].join("\n");
  const listed = await ask(git, ["rev-list", "--boundary", "--stdin"], `${input}\n`);
  const boundary = new Set(listed.split("\n").filter((line) => line.startsWith("-")));
  return tags.filter((tag) => boundary.has(`-${tag.commit}`));
}

async function countCommits(git: Tool, commit: string, tag: Ref | undefined): Promise<number> {
  const range = tag === undefined ? [commit] : [commit, `^${tag.commit}`];
  return Number((await ask(git, ["rev-list", "--count", ...range])).trim());
}

async function ask(git: Tool, args: readonly string[], input?: string): Promise<string> {
  return await runTool(git, args, {
    doing: "read the history",
    ...(input === undefined ? {} : { input }),
  });
}
