import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { mirrorFolder } from "../mirror.ts";
import { badCommit, byKindAndName, scopePath, validateId } from "../names.ts";
import { streamTool } from "../run.ts";
import { readTreeTar } from "../tree/read-tar.ts";
import { writeTree } from "../tree/write.ts";
import type { VersionControl } from "../types.ts";
import { describeCommit, readLog, treeId } from "./history.ts";
import { hasCommit, hgMirror, requireCommit, updatedMirror } from "./mirror.ts";
import { readRefs } from "./refs.ts";

/** Mercurial, over a mirror in the cache. Subrepositories stay away. Nothing is reached before the first question. */
export function openMercurial(address: Address, host: Host, cacheDirectory: string): VersionControl {
  const mirror = hgMirror(address, host, mirrorFolder(cacheDirectory, address));
  const { hg } = mirror;
  const known = async (commit: string): Promise<string> => {
    await requireCommit(mirror, validateId(commit));
    return commit;
  };
  return {
    kind: "hg",
    refs: async () => (await updatedMirror(mirror, readRefs)).toSorted(byKindAndName),
    tree: async (source, commit) => treeId(hg, await known(commit), scopePath(source)),
    describe: async (source, commit) => describeCommit(hg, await known(commit), source.versionTags),
    export: async (source, commit, directory) => {
      const path = scopePath(source);
      if ((await treeId(hg, await known(commit), path)) === undefined)
        throw badCommit(commit, `it has no folder ${JSON.stringify(path)}`);
      const describe = await describeCommit(hg, commit, source.versionTags);
      const tar = streamTool(hg, archiveOf(commit, path), { doing: `export the commit ${commit}` });
      const root = path === "" ? ROOT : `${ROOT}/${path}`;
      await writeTree(readTreeTar(tar, root), directory, describe.date);
      return { directory, commit, date: describe.date, describe };
    },
    log: async (source, from, to) => {
      await known(to);
      const isKnown = from !== undefined && (await hasCommit(mirror, validateId(from)));
      return await readLog(hg, { from: isKnown ? from : undefined, to }, scopePath(source));
    },
  };
}

/** hg wants a folder around what it writes to its output. */
const ROOT = "tree";

function archiveOf(commit: string, path: string): string[] {
  return [
    "archive",
    "--config",
    "ui.archivemeta=false",
    "--rev",
    `id(${commit})`,
    "--type",
    "tar",
    "--prefix",
    ROOT,
    ...(path === "" ? [] : ["--include", `path:${path}`]),
    "-",
  ];
}
