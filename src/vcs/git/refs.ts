import { VenvdebError } from "../../errors.ts";
import { LIMITS } from "../limits.ts";
import { runTool, type Tool } from "../run.ts";
import type { Ref } from "../types.ts";

/**
 * The branches and tags of a repository that stand for a commit.
 * @param merged only tags at or below this commit
 * @throws VenvdebError VCS_FAILED, VCS_TOO_BIG
 */
export async function readRefs(git: Tool, merged?: string): Promise<Ref[]> {
  const which = merged === undefined ? ["refs/heads", "refs/tags"] : [`--merged=${merged}`, "refs/tags"];
  const listed = await runTool(git, ["for-each-ref", `--format=${FORMAT}`, ...which], {
    doing: "list the branches and tags",
  });
  const lines = listed.split("\n").filter((line) => line !== "");
  if (lines.length > LIMITS.refs)
    throw new VenvdebError(
      "VCS_TOO_BIG",
      `Cannot list the branches and tags: there are ${lines.length} (wanted: at most ${LIMITS.refs})`,
    );
  return lines.flatMap(parseLine);
}

/** An annotated tag is an object of its own, and the starred fields are of what it points to. */
const FORMAT = [
  "%(refname)",
  "%(objecttype)",
  "%(objectname)",
  "%(*objecttype)",
  "%(*objectname)",
  "%(creatordate:unix)",
].join("%00");

/** What stands for no commit, as tags of the Linux kernel and of git do, can't be built. */
function parseLine(line: string): Ref[] {
  const [name = "", type, id = "", peeledType, peeledId = "", date = ""] = line.split("\0");
  const match = /^refs\/(heads|tags)\/(.+)$/.exec(name);
  const commit = type === "commit" ? id : type === "tag" && peeledType === "commit" ? peeledId : undefined;
  if (match === null || commit === undefined) return [];
  const seconds = Number(date);
  return [
    {
      kind: match[1] === "heads" ? "branch" : "tag",
      name: match[2] ?? "",
      commit,
      ...(date !== "" && Number.isSafeInteger(seconds) ? { date: new Date(seconds * 1000) } : {}),
    },
  ];
}
