import { VenvdebError } from "../../errors.ts";
import { parseAddress, type Address } from "../address.ts";
import { runTool, type Tool } from "../run.ts";

export interface Submodule {
  /** In the repository. */
  readonly path: string;
  readonly commit: string;
  readonly address: Address;
}

/**
 * The submodules of a commit below a folder. Their addresses are checked as those of sources are, and may be no path of
 * this machine unless the repository itself is.
 * @throws VenvdebError VCS_BAD_SUBMODULE, VCS_BAD_URL
 */
export async function readSubmodules(
  git: Tool,
  commit: string,
  { path, address }: { readonly path: string; readonly address: Address },
): Promise<Submodule[]> {
  const listed = await runTool(git, ["ls-tree", "-r", "-z", commit, "--", ...(path === "" ? [] : [path])], {
    doing: `list the submodules of the commit ${commit}`,
  });
  const links = listed.split("\0").flatMap((entry) => {
    const [, id, place] = /^160000 commit ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
    return id === undefined || place === undefined ? [] : [{ commit: id, path: place }];
  });
  if (links.length === 0) return [];
  const urls = await readUrls(git, commit);
  return links.map((link) => {
    const url = urls.get(link.path);
    if (url === undefined) throw bad(link.path, ".gitmodules has no address of it");
    return { commit: link.commit, path: link.path, address: submoduleAddress(address, url, link.path) };
  });
}

/** By path. Read by git itself, which knows the form of the file. */
async function readUrls(git: Tool, commit: string): Promise<Map<string, string>> {
  const text = await runTool(
    git,
    [
      "config",
      "--blob",
      `${commit}:.gitmodules`,
      "-z",
      "--get-regexp",
      String.raw`^submodule\..*\.(path|url)$`,
    ],
    { doing: `read .gitmodules of the commit ${commit}`, code: "VCS_BAD_SUBMODULE", answers: [1] },
  );
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const entry of text.split("\0")) {
    const newline = entry.indexOf("\n");
    const [, name, key] = /^submodule\.(.*)\.(path|url)$/s.exec(entry.slice(0, Math.max(newline, 0))) ?? [];
    if (name === undefined || (key !== "path" && key !== "url")) continue;
    modules.set(name, { ...modules.get(name), [key]: entry.slice(newline + 1) });
  }
  return new Map(
    [...modules.values()].flatMap(({ path, url }) =>
      path === undefined || url === undefined ? [] : [[path, url] as const],
    ),
  );
}

function submoduleAddress(parent: Address, url: string, path: string): Address {
  const address = parseAddress("git", isRelative(url) ? relativeTo(parent, url, path) : url);
  if (address.isLocal && !parent.isLocal) throw bad(path, "its address is a path of this machine");
  return address;
}

function isRelative(url: string): boolean {
  return /^\.\.?\//.test(url);
}

/** Against the address of the repository, as gitmodules(5) has it: `../lib.git` is beside it. */
function relativeTo(parent: Address, url: string, path: string): string {
  const [, root = "", rest = ""] = /^([a-z+]+:\/\/[^/]*\/|[^/:]+:|\/)(.*)$/.exec(parent.url) ?? [];
  const parts = rest.split("/").filter((part) => part !== "");
  for (const part of url.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw bad(path, "its address leads above the server");
  }
  return root + parts.join("/");
}

function bad(path: string, problem: string): VenvdebError {
  return new VenvdebError(
    "VCS_BAD_SUBMODULE",
    `Cannot bring the submodule ${JSON.stringify(path.slice(0, 200))}: ${problem}`,
  );
}
