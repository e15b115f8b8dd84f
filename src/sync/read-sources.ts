import pLimit from "p-limit";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import { openSource } from "../vcs/open.ts";
import type { VersionControl } from "../vcs/types.ts";
import type { Fleet, SourceSettings } from "./fleet/types.ts";
import { factOf, NO_FACTS, type FactStore } from "./facts.ts";
import { describeHistory } from "./plan-version.ts";
import { failureOf } from "./failure-of.ts";
import type { Head, SourceState } from "./types.ts";
import { wantedRefs } from "./wanted-refs.ts";

/** Opens the repository of a source, once for all sources of it. */
export type SourceOpener = (source: Pick<SourceSettings, "kind" | "url">) => Promise<VersionControl>;

export function createSourceOpener(host: Host): SourceOpener {
  const opened = new Map<string, ReturnType<typeof openSource>>();
  return async ({ kind, url }) => {
    const id = `${kind} ${url}`;
    const opening = opened.get(id) ?? openSource({ kind, url }, host, host.cacheDirectory);
    opened.set(id, opening);
    return opening;
  };
}

interface ReadOptions {
  /** What former runs found out. */
  readonly facts?: FactStore;
  /** Called for each source that has been asked. */
  readonly onSource?: (state: SourceState, done: number, total: number) => void;
}

/** At most so many repositories are asked at once: polite to a server that has them all. */
const AT_ONCE = 8;

/** Asks every source for its branches and tags. One that is not reached has its failure, and stops no other. */
export async function readSources(
  { sources }: Fleet,
  open: SourceOpener,
  { onSource, facts = NO_FACTS }: ReadOptions = {},
): Promise<SourceState[]> {
  const limit = pLimit(AT_ONCE);
  let done = 0;
  return await Promise.all(
    sources.map(async (source) =>
      limit(async () => {
        const state = await readSource(source, open, facts);
        onSource?.(state, ++done, sources.length);
        return state;
      }),
    ),
  );
}

async function readSource(
  source: SourceSettings,
  open: SourceOpener,
  facts: FactStore,
): Promise<SourceState> {
  try {
    const repository = await open(source);
    const refs = await repository.refs(source);
    const known = await facts.read(source, refs);
    const heads = [];
    for (const wanted of wantedRefs(source, refs))
      heads.push(await readHead(source, repository, { ...wanted, ...factOf(known, wanted.commit) }));
    await facts.write(source, known, heads);
    return { source, heads };
  } catch (error) {
    return { source, heads: [], failure: failureOf(error) };
  }
}

async function readHead(
  source: SourceSettings,
  repository: VersionControl,
  { tree: knownTree, description: known, ...wanted }: Head,
): Promise<Head> {
  try {
    const tree = knownTree ?? (await repository.tree(source, wanted.commit));
    if (tree === undefined) throw noFolder(source, wanted.ref);
    if (source.version === "project") return { ...wanted, tree };
    const description = known ?? (await repository.describe(source, wanted.commit));
    // A tag that is no version is told of here, with its ref: the plan does not fail.
    describeHistory(source, { ...wanted, description });
    return { ...wanted, tree, description };
  } catch (error) {
    return { ...wanted, failure: failureOf(error) };
  }
}

function noFolder({ name, path = "" }: SourceSettings, { kind, name: ref }: Head["ref"]): VenvdebError {
  return new VenvdebError(
    "SYNC_NO_FOLDER",
    `Cannot build ${name}: ${kind} ${ref} has no folder "${path}" (wanted: one with the project)`,
    { hint: "correct path in the fleet file, or choose the branches and tags that have it" },
  );
}
