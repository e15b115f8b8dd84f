import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { VenvdebError } from "../errors.ts";
import { readHead, type Head } from "./heads.ts";
import { nextDate, waitForDate } from "./publication/clock.ts";
import { commitRelease } from "./publication/commit.ts";
import { draftRelease } from "./publication/draft.ts";
import { abandonedMarks } from "./publication/marks.ts";
import { hasWholeTail, writeTail } from "./publication/tail.ts";
import type { Draft, DraftRequest } from "./publication/types.ts";
import { headReader, viewOf, type SuiteView } from "./publication/view.ts";
import { releaseId, renderRelease, saysTheSame } from "./release-file.ts";
import { SETTINGS_PATH } from "./settings.ts";
import { readInRelease } from "./sign/release.ts";
import type { Signer } from "./sign/types.ts";
import type { Storage } from "./storage/types.ts";
import type { IndexEdit, Published, ReleaseEntry, RepositorySettings, Suite } from "./types.ts";

export interface OpenRepository {
  readonly storage: Storage;
  readonly settings: RepositorySettings;
  /** Of `venvdeb/repository.json`. */
  readonly settingsVersion: string;
}

export interface PublishOptions {
  readonly signers: readonly Signer[] | SignerSource;
  /** Says what would be, and writes nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: (step: PublishStep) => void;
  /** Publishes although no key of the repository signed the head, as after all keys were lost. */
  readonly acceptHead?: boolean;
  /** How often it tries while others are faster; default 200. */
  readonly attempts?: number;
}

/** Finds the signers, once: who changes nothing needs none. */
export type SignerSource = () => Promise<readonly Signer[]>;

export async function findSigners({ signers }: PublishOptions): Promise<readonly Signer[]> {
  return typeof signers === "function" ? await signers() : signers;
}

/** `finish`: the end of what another publisher began; `wait`: another one was faster, so it starts again. */
export type PublishStep = "finish" | "read" | "write" | "tail" | "wait";

/**
 * Publishes a change of one suite. The change is asked for again when another publisher was faster, so it must depend on
 * the view alone. In a flat repository edits of every architecture go to the one index. Pool files must be in place.
 * @throws VenvdebError REPO_BUSY, REPO_DAMAGED, REPO_VERSION_CONFLICT, REPO_NOT_DECLARED, REPO_BAD_STANZA,
 * REPO_OBJECT_MISSING, REPO_SETTINGS_CHANGED, TOOL_MISSING, REPO_COMPRESS_FAILED, and what storage, signers and `change`
 * throw.
 */
export async function publishSuite(
  repository: OpenRepository,
  suite: Suite,
  change: (view: SuiteView) => Promise<readonly IndexEdit[]>,
  options: PublishOptions,
): Promise<Published> {
  return await publish(repository, suite, options, async (view) => ({
    base: entriesOf(view.head),
    edits: await change(view),
    isForced: false,
  }));
}

/**
 * Publishes what a former release lists as a new one with a newer Date: apt ignores a Release that is older than the one
 * it has.
 * @throws VenvdebError as `publishSuite`
 */
export async function republishSuite(
  repository: OpenRepository,
  suite: Suite,
  entries: (view: SuiteView) => Promise<readonly ReleaseEntry[]>,
  options: PublishOptions,
): Promise<Published> {
  return await publish(repository, suite, options, async (view) => ({
    base: await entries(view),
    edits: [],
    isForced: false,
  }));
}

/**
 * Publishes the head again with new signatures and dates though nothing else changes: after a change of keys, or to move
 * Valid-Until.
 * @throws VenvdebError as `publishSuite`
 */
export async function resignSuite(
  repository: OpenRepository,
  suite: Suite,
  options: PublishOptions,
): Promise<Published> {
  return await publish(repository, suite, options, async (view) => ({
    base: entriesOf(view.head),
    edits: [],
    isForced: true,
  }));
}

interface Request extends DraftRequest {
  /** Also when nothing changes. */
  readonly isForced: boolean;
}

type MakeRequest = (view: SuiteView) => Promise<Request>;

async function publish(
  repository: OpenRepository,
  suite: Suite,
  options: PublishOptions,
  makeRequest: MakeRequest,
): Promise<Published> {
  const { attempts = ATTEMPTS } = options;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const outcome = await repository.storage.exclusively(async () =>
      publishOnce(repository, suite, options, makeRequest),
    );
    if (outcome !== "conflict") return outcome;
    options.onProgress?.("wait");
    await setTimeout(randomInt(Math.min(50 * 2 ** attempt, LONGEST_WAIT)));
  }
  throw new VenvdebError(
    "REPO_BUSY",
    `Cannot publish in "${suite.name}": other publishers were faster ${attempts} times`,
    { hint: "run the command again; one publication with many packages is better than many with one" },
  );
}

/** Of fifty publishers that come at once, one a second can win on a bucket; this is ten minutes. */
const ATTEMPTS = 200;
/** Milliseconds. */
const LONGEST_WAIT = 5000;

async function publishOnce(
  repository: OpenRepository,
  suite: Suite,
  options: PublishOptions,
  makeRequest: MakeRequest,
): Promise<Published | "conflict"> {
  const { storage, settings } = repository;
  options.onProgress?.("read");
  const head = await readHead(storage, settings, suite);
  await finishFormer(repository, suite, head, options);
  const readHeadIndex = headReader(storage, settings, suite, head);
  const request = await makeRequest(viewOf(settings, suite, head, readHeadIndex));
  const place = { storage, settings, suite };
  const draft = await draftRelease({ ...place, headEntries: entriesOf(head), readHeadIndex }, request);
  const text = (date: Date): string =>
    renderRelease(settings, suite, { date, entries: draft.entries, previous: head?.sha256 });
  const isSame = head !== undefined && saysTheSame(head.release.text, text(head.release.date));
  if (isSame && !request.isForced) return published(suite, "unchanged", head.id, draft);
  const date = await nextDate(place, head);
  if (options.dryRun === true) return published(suite, "planned", releaseId(date), draft);
  const signers = await findSigners(options);
  await requireTrust(repository, head, options);
  await waitForDate(place, head, date);
  options.onProgress?.("write");
  const made = await commitRelease(place, { text: text(date), draft, former: head }, signers);
  if (made === undefined) return "conflict";
  options.onProgress?.("tail");
  const written = new Set(draft.objects.map(({ path }) => path));
  await writeTail(place, made, { former: head, written }).catch((error: unknown) => {
    throw afterCommit(error);
  });
  return published(suite, "published", made.id, draft);
}

/** What went wrong when clients have the release already. */
function afterCommit(error: unknown): unknown {
  if (!(error instanceof VenvdebError)) return error;
  return new VenvdebError(error.code, error.message, {
    cause: error,
    hint: "the release is published all the same; the next command that publishes here brings the files beside it up to date",
  });
}

/** What a publisher left that was stopped after its commit. */
async function finishFormer(
  { storage, settings }: OpenRepository,
  suite: Suite,
  head: Head | undefined,
  options: PublishOptions,
): Promise<void> {
  const place = { storage, settings, suite };
  if (options.dryRun === true || head === undefined) return;
  const [isWhole, marks] = await Promise.all([hasWholeTail(place, head), abandonedMarks(place)]);
  if (isWhole && marks.length === 0) return;
  options.onProgress?.("finish");
  await writeTail(place, head);
  for (const mark of marks) await storage.remove(mark);
}

/** Nothing is signed that follows from a strange head, nor with settings that are no longer the repository's. */
async function requireTrust(
  { storage, settings, settingsVersion }: OpenRepository,
  head: Head | undefined,
  options: PublishOptions,
): Promise<void> {
  if (head !== undefined && options.acceptHead !== true) await readInRelease(head.inRelease, settings.keys);
  const stored = await storage.read(SETTINGS_PATH);
  if (stored?.version === settingsVersion) return;
  throw new VenvdebError(
    "REPO_SETTINGS_CHANGED",
    `Cannot publish in "${storage.url}": its settings were changed meanwhile`,
    { hint: "run the command again" },
  );
}

const NO_ENTRIES: readonly ReleaseEntry[] = [];

function entriesOf(head: Head | undefined): readonly ReleaseEntry[] {
  return head?.release.entries ?? NO_ENTRIES;
}

function published(
  { name }: Suite,
  outcome: Published["outcome"],
  release: string,
  { added, removed }: Draft,
): Published {
  return { suite: name, outcome, release, added, removed };
}
