import { VenvdebError } from "../../errors.ts";
import type { Address } from "../address.ts";
import { LIMITS } from "../limits.ts";
import { streamTool } from "../run.ts";
import { readTreeTar } from "../tree/read-tar.ts";
import type { TreeEntry } from "../tree/types.ts";
import { requireCommit, type GitMirror } from "./mirror.ts";
import { readSubmodules, type Submodule } from "./submodules.ts";

export interface TreeRequest {
  readonly commit: string;
  /** Folder in the repository. */
  readonly path: string;
  /** Gives the mirror of a submodule; absent: submodules are empty folders. */
  readonly mirrorOf?: (address: Address) => GitMirror;
}

/**
 * The files of a folder as `git archive` gives them: without what is marked export-ignore, and with no filter of
 * anybody run. Submodules follow.
 * @throws VenvdebError VCS_FAILED, VCS_LFS, VCS_BAD_SUBMODULE, and of the mirrors
 */
export async function* gitEntries(
  mirror: GitMirror,
  request: TreeRequest,
  budget: { submodules: number; depth: number } = {
    submodules: LIMITS.submodules,
    depth: LIMITS.submoduleDepth,
  },
): AsyncGenerator<TreeEntry> {
  const { commit, path, mirrorOf } = request;
  await refuseBomb(mirror, commit);
  const archive = ["archive", "--format=tar", commit, ...(path === "" ? [] : [path])];
  const tar = streamTool(mirror.git, archive, { doing: `export the commit ${commit}` });
  yield* withoutPointers(readTreeTar(tar, path));
  if (mirrorOf === undefined) return;
  for (const submodule of await readSubmodules(mirror.git, commit, { path, address: mirror.address })) {
    if (--budget.submodules < 0 || budget.depth === 0) throw tooMany(submodule);
    const inner = mirrorOf(submodule.address);
    await requireCommit(inner, submodule.commit);
    const below = path === "" ? submodule.path : submodule.path.slice(path.length + 1);
    budget.depth--;
    for await (const entry of gitEntries(inner, { commit: submodule.commit, path: "", mirrorOf }, budget))
      yield { ...entry, path: `${below}/${entry.path}` };
    budget.depth++;
  }
}

/** A few trees that hold each other ten times over are a billion files; listing them costs no memory. */
async function refuseBomb({ git }: GitMirror, commit: string): Promise<void> {
  const list = ["ls-tree", "-r", "-z", "--name-only", commit];
  let count = 0;
  for await (const piece of streamTool(git, list, { doing: `list the files of the commit ${commit}` })) {
    for (let end = piece.indexOf(0); end !== -1; end = piece.indexOf(0, end + 1)) count++;
    if (count > LIMITS.commitEntries)
      throw new VenvdebError(
        "VCS_TOO_BIG",
        `Cannot export the commit ${commit}: it has more than ${LIMITS.commitEntries} files`,
      );
  }
}

/** In the place of a file that git-lfs keeps, the repository has a note of where it is. */
async function* withoutPointers(entries: AsyncIterable<TreeEntry>): AsyncGenerator<TreeEntry> {
  for await (const entry of entries) {
    if (entry.kind !== "file" || entry.size > LONGEST_POINTER || entry.size < POINTER.length) {
      yield entry;
      continue;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of entry.data()) pieces.push(piece);
    if (Buffer.concat(pieces).toString("latin1").startsWith(POINTER)) throw pointer(entry.path);
    yield { ...entry, data: () => inMemory(pieces) };
  }
}

const POINTER = "version https://git-lfs.github.com/spec/v1\n";
const LONGEST_POINTER = 1024;

async function* inMemory(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

function pointer(path: string): VenvdebError {
  return new VenvdebError(
    "VCS_LFS",
    `Cannot export ${JSON.stringify(path)}: the repository has only a pointer to it, its content is kept by git-lfs`,
    { hint: "mark it as export-ignore in .gitattributes if the package does not need it, or keep it in git" },
  );
}

function tooMany({ path }: Submodule): VenvdebError {
  return new VenvdebError(
    "VCS_BAD_SUBMODULE",
    `Cannot bring the submodule ${JSON.stringify(path.slice(0, 200))}: there are more than ${LIMITS.submodules}, or they go deeper than ${LIMITS.submoduleDepth}`,
  );
}
