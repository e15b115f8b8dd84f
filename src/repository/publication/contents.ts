import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import pLimit from "p-limit";
import { remakeRecord } from "../admission/from-pool.ts";
import { editContents, renderContents, type ContentsSource } from "../contents.ts";
import { byHashPath, suiteFolder } from "../heads.ts";
import { gzipMember } from "../index/gzip-members.ts";
import { readEntry } from "../index/read.ts";
import type { PackageIndex } from "../index/types.ts";
import { readRecord } from "../package-record.ts";
import type { Storage } from "../storage/types.ts";
import type { IndexedPackage, ReleaseEntry } from "../types.ts";
import type { Draft, DraftPlace, IndexDraft } from "./types.ts";

/**
 * `Contents-<arch>.gz` beside the folder of an index, with the plain form listed as that of every index is. Only the
 * lines of packages whose versions change are made anew. A flat repository has none: no tool asks for it there.
 * @throws VenvdebError REPO_DAMAGED, and what reading a package whose record was lost throws
 */
export async function draftContents(
  at: DraftPlace,
  draft: IndexDraft,
  base: readonly ReleaseEntry[],
): Promise<Pick<Draft, "entries" | "objects">> {
  const { component, architecture } = draft.place;
  const path = `${component}/Contents-${architecture}`;
  const former = [path, `${path}.gz`].flatMap((name) => base.find((entry) => entry.path === name) ?? []);
  const [plain, packed] = former;
  if (plain !== undefined && packed !== undefined && isKept(draft, base))
    return { entries: former, objects: [] };
  const folder = suiteFolder(at.settings, at.suite);
  const text = Buffer.from(
    packed === undefined || base !== at.headEntries
      ? renderContents(await sourcesOf(at.storage, [...(await draft.index()).packages()]))
      : await editFormer(at.storage, draft, await readEntry(at.storage, folder, packed)),
  );
  const bytes = await gzipMember(text);
  const entry = entryOf(`${path}.gz`, bytes);
  return {
    entries: [entryOf(path, text), entry],
    objects: [{ path: `${folder}${byHashPath(entry)}`, bytes }],
  };
}

function isKept({ place, entries }: IndexDraft, base: readonly ReleaseEntry[]): boolean {
  const plain = (list: readonly ReleaseEntry[]) => list.find(({ path }) => path === place.path)?.sha256;
  return plain(entries) === plain(base);
}

async function editFormer(storage: Storage, draft: IndexDraft, packed: Buffer): Promise<string> {
  const { add, remove } = draft.difference;
  const touched = new Set([...add, ...remove].map(({ name }) => name));
  const former = (await unpack(packed)).toString();
  return editContents(former, touched, await sourcesOf(storage, namedIn(await draft.index(), touched)));
}

const unpack = promisify(gunzip);

function namedIn(index: PackageIndex, names: ReadonlySet<string>): IndexedPackage[] {
  return [...names].flatMap((name) => index.find(name));
}

async function sourcesOf(storage: Storage, packages: readonly IndexedPackage[]): Promise<ContentsSource[]> {
  const limit = pLimit(8);
  return await Promise.all(packages.map(async (one) => limit(async () => sourceOf(storage, one))));
}

async function sourceOf(
  storage: Storage,
  { name, sha256, filename, stanza }: IndexedPackage,
): Promise<ContentsSource> {
  const kept = await readRecord(storage, sha256);
  const record = kept?.files === undefined ? (await remakeRecord(storage, filename, OPTIONS)).record : kept;
  return { name, section: /^Section: (.*)$/m.exec(stanza)?.[1], files: record.files ?? [] };
}

const OPTIONS = { jobs: 1, contents: true };

function entryOf(path: string, bytes: Uint8Array): ReleaseEntry {
  return { path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
