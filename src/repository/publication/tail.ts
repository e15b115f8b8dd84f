import pLimit from "p-limit";
import { VenvdebError } from "../../errors.ts";
import { byHashPath, detachedPath, readHead, suiteFolder, type Head } from "../heads.ts";
import type { Storage } from "../storage/types.ts";
import type { ReleaseEntry } from "../types.ts";
import { leaveMark } from "./marks.ts";
import type { TailPlace } from "./types.ts";

/**
 * Whether all that clients of old ways read has been brought to a head: `Release`, written last, is its text.
 * @throws VenvdebError of the storage
 */
export async function hasWholeTail({ storage, settings, suite }: TailPlace, head: Head): Promise<boolean> {
  const release = await storage.read(`${suiteFolder(settings, suite)}Release`);
  return release?.bytes.toString() === head.release.text;
}

/**
 * Brings the indexes under their plain names, `Release.gpg` and `Release` to a head; again when the head has moved
 * meanwhile, so that who comes last writes for the last head.
 * @param known what need not be written, since the tail of the former head was whole
 * @throws VenvdebError REPO_OBJECT_MISSING
 */
export async function writeTail(place: TailPlace, head: Head, known?: KnownTail): Promise<void> {
  const { storage, settings, suite } = place;
  const takeMarkAway = await leaveMark(place);
  let [current, left] = [head, known];
  for (let round = 0; round < ROUNDS; round++) {
    const problem = await writeOnce(place, current, left).catch((error: unknown) => error);
    const now = await readHead(storage, settings, suite);
    if (now === undefined || now.version === current.version) {
      if (problem !== undefined) throw problem;
      break;
    }
    [current, left] = [now, undefined];
  }
  await takeMarkAway();
}

/** What is right already. */
export interface KnownTail {
  readonly former: Head | undefined;
  /** Paths of objects that were written since. */
  readonly written: ReadonlySet<string>;
}

/** Whoever moved the head so often writes its tail too. */
const ROUNDS = 10;

async function writeOnce(place: TailPlace, head: Head, left: KnownTail | undefined): Promise<void> {
  const { storage, settings, suite } = place;
  const folder = suiteFolder(settings, suite);
  const known = new Set(left?.former?.release.entries.map(entryText));
  const listed = new Set(head.release.entries.map(({ path }) => path));
  const fresh = head.release.entries.filter(
    (entry) => !known.has(entryText(entry)) || left?.written.has(`${folder}${byHashPath(entry)}`) === true,
  );
  const gone = left?.former?.release.entries.filter(({ path }) => !listed.has(path)) ?? [];
  const limit = pLimit(8);
  await Promise.all([
    ...fresh.map(async (entry) => limit(async () => placeIndex(storage, folder, entry))),
    ...gone.map(async ({ path }) => limit(async () => storage.remove(`${folder}${path}`))),
  ]);
  const detached = await storage.read(detachedPath(suite, head.id, head.sha256));
  if (detached === undefined) await storage.remove(`${folder}Release.gpg`);
  else await storage.write(`${folder}Release.gpg`, detached.bytes);
  await storage.write(`${folder}Release`, Buffer.from(head.release.text));
}

/** The plain form may be listed only; then nothing of that name must lie there either. */
async function placeIndex(storage: Storage, folder: string, entry: ReleaseEntry): Promise<void> {
  const target = `${folder}${entry.path}`;
  try {
    await storage.copy(`${folder}${byHashPath(entry)}`, target);
  } catch (error) {
    const isListedOnly = !/\.(?:gz|xz)$/.test(entry.path);
    if (!isListedOnly || !(error instanceof VenvdebError) || error.code !== "REPO_OBJECT_MISSING")
      throw error;
    await storage.remove(target);
  }
}

function entryText({ path, sha256 }: ReleaseEntry): string {
  return `${path} ${sha256}`;
}
