import { oneLine } from "../names.ts";
import { runTool, type Tool } from "../run.ts";
import { MOST_COMMITS, type Commit } from "../types.ts";

/**
 * The commits of a range that touch a folder, newest first.
 * @throws VenvdebError VCS_FAILED
 */
export async function readLog(
  git: Tool,
  range: { readonly from: string | undefined; readonly to: string },
  path: string,
): Promise<Commit[]> {
  const { from, to } = range;
  const text = await runTool(
    git,
    [
      "log",
      "-z",
      "--no-merges",
      "--encoding=UTF-8",
      `--max-count=${MOST_COMMITS}`,
      "--format=%H%x00%ct%x00%an%x00%s",
      to,
      ...(from === undefined ? [] : [`^${from}`]),
      "--",
      ...(path === "" ? [] : [path]),
    ],
    { doing: "read the history" },
  );
  const fields = text.split("\0");
  const commits: Commit[] = [];
  for (let index = 0; index + 3 < fields.length; index += 4) {
    const [id = "", seconds, author = "", subject = ""] = fields.slice(index, index + 4);
    const date = new Date(Number(seconds) * 1000);
    commits.push({ id, date, author: oneLine(author, 200), subject: oneLine(subject) });
  }
  return commits;
}
