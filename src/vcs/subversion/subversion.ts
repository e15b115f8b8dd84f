import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { badCommit, byKindAndName, scopePath } from "../names.ts";
import type { SourceScope, VersionControl } from "../types.ts";
import { svnClient } from "./client.ts";
import { parseCommit } from "./commits.ts";
import { exportFolder } from "./export.ts";
import { describeCommit, readFacts, readLog } from "./history.ts";
import { contentId } from "./origin.ts";
import { readRefs } from "./refs.ts";

/** Subversion, asked directly: it is its own history of every path. */
export function openSubversion(address: Address, host: Host): VersionControl {
  const client = svnClient(address, host);
  return {
    kind: "svn",
    refs: async () => (await readRefs(client)).toSorted(byKindAndName),
    tree: async (source, commit) => {
      const { path, revision } = place(source, commit);
      return await contentId(client, path, revision);
    },
    describe: async (source, commit) => describeCommit(client, parseCommit(commit), source.versionTags),
    export: async (source, commit, directory) => {
      const { path, revision } = place(source, commit);
      if ((await readFacts(client, path, revision)) === undefined)
        throw badCommit(commit, `it has no folder ${JSON.stringify(path)}`);
      const describe = await describeCommit(client, parseCommit(commit), source.versionTags);
      await exportFolder(client, client.urlOf(path, revision), directory, describe.date);
      return { directory, commit, date: describe.date, describe };
    },
    log: async (source, from, to) =>
      readLog(client, place(source, to), from === undefined ? 0 : parseCommit(from).revision),
  };
}

function place(source: SourceScope, commit: string): { readonly path: string; readonly revision: number } {
  const { path, revision } = parseCommit(commit);
  const inside = scopePath(source);
  return { path: inside === "" ? path : `${path}/${inside}`, revision };
}
