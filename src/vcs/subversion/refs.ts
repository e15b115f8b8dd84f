import { VenvdebError } from "../../errors.ts";
import { LIMITS } from "../limits.ts";
import type { Ref } from "../types.ts";
import type { SvnClient } from "./client.ts";
import { parseCommit, renderCommit } from "./commits.ts";
import { childOf, childrenOf, type XmlElement } from "./xml.ts";

/**
 * trunk, the folders of branches and those of tags, each at the revision that changed it last. An address without a
 * trunk is one branch of that name.
 * @throws VenvdebError VCS_UNREACHABLE, VCS_TOO_BIG
 */
export async function readRefs(client: SvnClient): Promise<Ref[]> {
  const info = await client.ask(["info", client.urlOf("", "HEAD")], "read the state");
  const entry = childOf(info, "entry");
  const revision = Number(entry?.attributes["revision"] ?? 0);
  const folders = await listFolders(client, "", revision);
  const trunk = folders.find(({ name }) => name === "trunk");
  if (trunk === undefined) return entry === undefined ? [] : toRef("branch", "trunk", ".", entry);
  const has = (name: string) => folders.some((folder) => folder.name === name);
  const [branches, tags] = await Promise.all([
    has("branches") ? listFolders(client, "branches", revision) : [],
    has("tags") ? listFolders(client, "tags", revision) : [],
  ]);
  const refs = [
    ...toRef("branch", "trunk", "trunk", trunk.entry),
    ...branches.flatMap(({ name, entry: one }) => toRef("branch", name, `branches/${name}`, one)),
    ...tags.flatMap(({ name, entry: one }) => toRef("tag", name, `tags/${name}`, one)),
  ];
  if (refs.length <= LIMITS.refs) return refs;
  throw new VenvdebError(
    "VCS_TOO_BIG",
    `Cannot list the branches and tags: there are ${refs.length} (wanted: at most ${LIMITS.refs})`,
  );
}

async function listFolders(
  client: SvnClient,
  path: string,
  revision: number,
): Promise<{ readonly name: string; readonly entry: XmlElement }[]> {
  const lists = await client.ask(["list", client.urlOf(path, revision)], "list the branches and tags");
  return childrenOf(childOf(lists, "list"), "entry")
    .filter(({ attributes }) => attributes["kind"] === "dir")
    .map((entry) => ({ name: childOf(entry, "name")?.text ?? "", entry }));
}

/** A name that could be no commit of ours, such as one with a line end, is left out. */
function toRef(kind: Ref["kind"], name: string, path: string, entry: XmlElement): Ref[] {
  const changed = childOf(entry, "commit");
  const commit = renderCommit({ path, revision: Number(changed?.attributes["revision"] ?? 0) });
  try {
    parseCommit(commit);
  } catch {
    return [];
  }
  return [{ kind, name, commit, date: new Date(childOf(changed, "date")?.text ?? 0) }];
}
