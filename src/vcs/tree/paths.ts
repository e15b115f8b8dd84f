import { VenvdebError } from "../../errors.ts";
import { LIMITS } from "../limits.ts";
import { isToolData } from "../names.ts";

/**
 * A path below the root of a tree, in one spelling; the empty string is the root. Line ends and other oddities of a
 * name are let through: nothing of ours reads names by lines.
 * @throws VenvdebError VCS_UNSAFE_TREE
 */
export function treePath(name: string): string {
  const parts = name
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/$/, "")
    .split("/");
  if (name === "" || name === "." || name === "./") return "";
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    throw unsafe(name, "its path leaves the tree");
  if (parts.some(isToolData)) throw unsafe(name, "its name is that of a tool's own data");
  if (name.includes("\0") || name.includes("\uFFFD")) throw unsafe(name, "its name is no UTF-8");
  if (Buffer.byteLength(name) > LIMITS.pathBytes || parts.some((part) => Buffer.byteLength(part) > 255))
    throw unsafe(name, "its name is longer than a file system takes");
  return parts.join("/");
}

export function unsafe(path: string, problem: string, hint?: string): VenvdebError {
  return new VenvdebError(
    "VCS_UNSAFE_TREE",
    `Cannot export ${JSON.stringify(path.slice(0, 200))} from the repository: ${problem}`,
    hint === undefined ? {} : { hint },
  );
}
