import pLimit from "p-limit";
import { byHashPath, suiteFolder } from "../heads.ts";
import { diffIndexes } from "../index/diff.ts";
import { keyText } from "../index/stanzas.ts";
import { noteIndex } from "../index/known.ts";
import { renderIndex } from "../index/render.ts";
import type { PackageEdit, PackageIndex } from "../index/types.ts";
import type { IndexCompression, IndexedPackage, ReleaseEntry, RepositorySettings } from "../types.ts";
import { refuseOtherBytes } from "./conflicts.ts";
import { draftContents } from "./contents.ts";
import { editsByPath, indexPlaces, type IndexPlace } from "./places.ts";
import type { Draft, DraftPlace, DraftRequest, IndexDraft } from "./types.ts";
import { indexReader, type IndexReader } from "./view.ts";

/**
 * Makes a release of entries and edits. An index that stays the same is not read.
 * @throws VenvdebError REPO_DAMAGED, REPO_VERSION_CONFLICT, REPO_NOT_DECLARED, REPO_BAD_STANZA, TOOL_MISSING,
 * REPO_COMPRESS_FAILED, and of packages that are read again for Contents
 */
export async function draftRelease(at: DraftPlace, request: DraftRequest): Promise<Draft> {
  const { settings, suite, storage } = at;
  const places = indexPlaces(settings, suite);
  const edits = editsByPath(places, request.edits, suite);
  const readBase =
    request.base === at.headEntries
      ? at.readHeadIndex
      : indexReader(storage, suiteFolder(settings, suite), request.base);
  const limit = pLimit(2);
  const indexes = await Promise.all(
    places.map(async (place) =>
      limit(async () => draftIndex(at, place, { base: request.base, readBase, edit: edits.get(place.path) })),
    ),
  );
  await refuseOtherBytes(suite, indexes);
  const contents = await Promise.all(
    (hasContents(settings) ? indexes : []).map(async (index) => draftContents(at, index, request.base)),
  );
  return {
    entries: [...indexes, ...contents].flatMap(({ entries }) => entries),
    objects: [...indexes, ...contents].flatMap(({ objects }) => objects),
    added: unique(indexes.flatMap(({ difference }) => difference.add)),
    removed: unique(indexes.flatMap(({ difference }) => difference.remove)),
  };
}

function hasContents({ contents, layout }: RepositorySettings): boolean {
  return contents && layout === "pool";
}

interface IndexRequest {
  readonly base: readonly ReleaseEntry[];
  readonly readBase: IndexReader;
  readonly edit: PackageEdit | undefined;
}

async function draftIndex(at: DraftPlace, place: IndexPlace, request: IndexRequest): Promise<IndexDraft> {
  const { base, readBase, edit } = request;
  const former = edit && (await readBase(place.path));
  const edited = edit && former?.edited(edit);
  const kept = edited === former ? await keptEntries(at, place, base) : undefined;
  const index = edited ?? (kept === undefined ? await readBase(place.path) : undefined);
  const written = kept === undefined && index !== undefined ? await writeIndex(at, place, index) : undefined;
  const entries = kept ?? written?.entries ?? [];
  const read = async (): Promise<PackageIndex> => index ?? (await readBase(place.path));
  const plain = (list: readonly ReleaseEntry[]) => list.find(({ path }) => path === place.path)?.sha256;
  const isSame = plain(entries) === plain(at.headEntries);
  const difference = isSame
    ? NO_EDIT
    : diffIndexes(await at.readHeadIndex(place.path), await read(), edit?.add);
  return { place, entries, objects: written?.objects ?? [], difference, index: read };
}

const NO_EDIT: PackageEdit = { add: [], remove: [] };

/** The entries of an index as they are, if they have every form that is to be. */
async function keptEntries(
  { storage, settings, suite }: DraftPlace,
  { path }: IndexPlace,
  base: readonly ReleaseEntry[],
): Promise<ReleaseEntry[] | undefined> {
  const { compressions } = settings;
  const wanted = new Set([path, ...compressions.map((compression) => formPath(path, compression))]);
  const kept = base.filter((entry) => wanted.has(entry.path));
  if (kept.length !== wanted.size) return undefined;
  const plain = kept.find((entry) => entry.path === path);
  if (!compressions.includes("plain") || plain === undefined) return kept;
  const stored = await storage.stat(`${suiteFolder(settings, suite)}${byHashPath(plain)}`);
  return stored?.size === plain.size ? kept : undefined;
}

async function writeIndex(
  { storage, settings, suite }: DraftPlace,
  { path }: IndexPlace,
  index: PackageIndex,
): Promise<Pick<IndexDraft, "entries" | "objects">> {
  const forms = await renderIndex(index, settings.compressions);
  for (const { compression, sha256 } of forms) if (compression === "plain") noteIndex(storage, sha256, index);
  const folder = suiteFolder(settings, suite);
  const listed = forms.map(({ compression, size, sha256, bytes }) => ({
    entry: { path: formPath(path, compression), size, sha256 },
    bytes,
  }));
  return {
    entries: listed.map(({ entry }) => entry),
    objects: listed.flatMap(({ entry, bytes }) =>
      bytes === undefined ? [] : [{ path: `${folder}${byHashPath(entry)}`, bytes }],
    ),
  };
}

function formPath(path: string, compression: IndexCompression): string {
  return compression === "plain" ? path : `${path}.${compression}`;
}

/** A package of `all` is in the index of every architecture. */
function unique(packages: readonly IndexedPackage[]): IndexedPackage[] {
  return [...new Map(packages.map((one) => [`${keyText(one)} ${one.filename}`, one])).values()];
}
