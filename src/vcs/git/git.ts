import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { mirrorFolder } from "../mirror.ts";
import { badCommit, byKindAndName, scopePath, validateId } from "../names.ts";
import { writeTree } from "../tree/write.ts";
import type { VersionControl } from "../types.ts";
import { describeCommit } from "./describe.ts";
import { gitEntries } from "./entries.ts";
import { readLog } from "./log.ts";
import { gitMirror, hasCommit, requireCommit, updateMirror } from "./mirror.ts";
import { readRefs } from "./refs.ts";
import { treeId } from "./tree.ts";

/** git, over a bare mirror in the cache. Nothing is reached before the first question. */
export function openGit(address: Address, host: Host, cacheDirectory: string): VersionControl {
  const mirrorOf = (one: Address) => gitMirror(one, host, mirrorFolder(cacheDirectory, one));
  const mirror = mirrorOf(address);
  const { git } = mirror;
  const known = async (commit: string): Promise<string> => {
    await requireCommit(mirror, validateId(commit));
    return commit;
  };
  return {
    kind: "git",
    refs: async () => {
      await updateMirror(mirror);
      return (await readRefs(git)).toSorted(byKindAndName);
    },
    tree: async (source, commit) => treeId(git, await known(commit), scopePath(source)),
    describe: async (source, commit) => describeCommit(git, await known(commit), source.versionTags),
    export: async (source, commit, directory) => {
      const path = scopePath(source);
      if ((await treeId(git, await known(commit), path)) === undefined)
        throw badCommit(commit, `it has no folder ${JSON.stringify(path)}`);
      const describe = await describeCommit(git, commit, source.versionTags);
      const request = { commit, path, ...(source.submodules === true ? { mirrorOf } : {}) };
      await writeTree(gitEntries(mirror, request), directory, describe.date);
      return { directory, commit, date: describe.date, describe };
    },
    log: async (source, from, to) => {
      await known(to);
      const isKnown = from !== undefined && (await hasCommit(mirror, validateId(from)));
      return await readLog(git, { from: isKnown ? from : undefined, to }, scopePath(source));
    },
  };
}
