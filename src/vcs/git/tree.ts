import { createHash } from "node:crypto";
import { runTool, type Tool } from "../run.ts";

/**
 * The id of a folder in a commit, joined with the ids of what else decides on its export: .gitattributes above it.
 * Undefined where there is no such folder.
 * @throws VenvdebError VCS_FAILED
 */
export async function treeId(git: Tool, commit: string, path: string): Promise<string | undefined> {
  const parents = parentsOf(path);
  const asked = [path, ...parents.map((parent) => (parent === "" ? "" : `${parent}/`) + ".gitattributes")];
  const answer = await runTool(git, ["cat-file", "--batch-check=%(objecttype) %(objectname)"], {
    doing: `look for ${JSON.stringify(path)} in the commit ${commit}`,
    input: asked.map((one) => `${commit}:${one}\n`).join(""),
  });
  const [folder = "", ...attributes] = answer.split("\n");
  const [type, id] = folder.split(" ");
  if (type !== "tree" || id === undefined) return undefined;
  const known = attributes.filter((line) => line.startsWith("blob "));
  if (known.length === 0) return id;
  return createHash("sha256")
    .update(JSON.stringify([id, known]))
    .digest("hex");
}

/** `a/b/c` -> ``, `a`, `a/b`. */
function parentsOf(path: string): string[] {
  if (path === "") return [];
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index).join("/"));
}
