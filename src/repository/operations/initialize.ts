import type { Host } from "../../effects/host.ts";
import { VenvdebError } from "../../errors.ts";
import { publishSuite, type OpenRepository } from "../publish.ts";
import {
  identityChanges,
  readSettings,
  SETTINGS_PATH,
  writeSettings,
  type IdentityChange,
} from "../settings.ts";
import { chooseSigners, type SignerOptions } from "../sign/choose.ts";
import { openStorage } from "../storage/open.ts";
import { probeConditionalWrites } from "../storage/probe.ts";
import type { Storage } from "../storage/types.ts";
import type { IndexEdit, Published, RepositoryKey, RepositorySettings, Suite } from "../types.ts";
import { mergeSettings, type SettingsRequest } from "./merge-settings.ts";
import { createRepositoryKey, writeKeyFile, type CreatedKey } from "./keys.ts";
import { indexNames } from "./targets.ts";

export interface InitializeOptions {
  readonly request: SettingsRequest;
  /** Keys to begin with; none: one is made for a new repository. */
  readonly keys: readonly Pick<RepositoryKey, "fingerprint" | "certificate">[];
  /** In the key that is made. */
  readonly email?: string;
  readonly signing: SignerOptions;
  /** Changes Origin, Label and Codenames that clients know. */
  readonly force: boolean;
  /** Goes on with a store on which two publishers could lose each other's packages. */
  readonly singlePublisher: boolean;
  readonly onStep?: (step: string) => void;
}

export interface Initialized {
  readonly repository: OpenRepository;
  readonly outcome: "created" | "changed" | "unchanged";
  /** The key that was made. */
  readonly created?: CreatedKey;
  /** Changes that clients have to accept. */
  readonly identityChanges: readonly IdentityChange[];
  readonly published: readonly Published[];
  /** Path of the certificates in the repository. */
  readonly keyFile: string;
}

/**
 * Makes a repository, or adds suites, components and architectures to one; every suite is published, so that clients can
 * be set up at once. Run again it changes what it is told, and nothing else.
 * @throws VenvdebError REPO_INCOMPLETE, REPO_IDENTITY_FROZEN, REPO_LAYOUT_FIXED, REPO_ONE_PUBLISHER, and what settings,
 * storage, signers and `publishSuite` throw
 */
export async function initializeRepository(
  url: string,
  options: InitializeOptions,
  host: Host,
): Promise<Initialized> {
  const storage = await openStorage(url, host);
  const former = (await storage.stat(SETTINGS_PATH)) === undefined ? undefined : await readSettings(storage);
  const before = former?.settings;
  const merged = mergeSettings(before, options.request);
  const changes = before === undefined ? [] : refuseOrList(identityChanges(before, merged), options.force);
  const severalPublishers = before?.severalPublishers ?? (await probe(storage, options));
  const { keys, created } = await beginKeys(merged, options, host);
  const settings = { ...merged, keys, severalPublishers };
  const signers = await chooseSigners(keys, options.signing, host);
  const isSame = JSON.stringify(before) === JSON.stringify(settings);
  const version = isSame && former ? former.version : await writeSettings(storage, settings, former?.version);
  const repository = { storage, settings, settingsVersion: version };
  const keyFile = await writeKeyFile(repository);
  const published: Published[] = [];
  for (const suite of settings.suites) {
    options.onStep?.(`Publish ${suite.name}`);
    published.push(
      await publishSuite(repository, suite, async (view) => spreadAll(settings, suite, view), { signers }),
    );
  }
  return {
    repository,
    outcome: before === undefined ? "created" : isSame ? "unchanged" : "changed",
    ...(created === undefined ? {} : { created }),
    identityChanges: changes,
    published,
    keyFile,
  };
}

function refuseOrList(changes: readonly IdentityChange[], force: boolean): readonly IdentityChange[] {
  const [first] = changes;
  if (first === undefined || force) return changes;
  const lines = changes.map(
    ({ field, suite, before, after }) =>
      `\n  ${field}${suite === undefined ? "" : ` of ${suite}`}: "${before}" would become "${after}"`,
  );
  throw new VenvdebError(
    "REPO_IDENTITY_FROZEN",
    `Cannot change what clients know the repository by:${lines.join("")}\n  ${first.effect}`,
    { hint: "leave these options out, or add --force when no machine uses the repository yet" },
  );
}

async function probe(storage: Storage, { singlePublisher }: InitializeOptions): Promise<boolean> {
  if ((await probeConditionalWrites(storage)) === "honoured") return true;
  if (singlePublisher) return false;
  throw new VenvdebError(
    "REPO_ONE_PUBLISHER",
    `Cannot use "${storage.url}" for several publishers: the store ignores the conditions of writes (If-Match, If-None-Match), so two that publish at one time would lose each other's packages without notice`,
    { hint: "choose another store, or add --single-publisher and let one job at a time publish" },
  );
}

async function beginKeys(
  { keys, label }: RepositorySettings,
  options: InitializeOptions,
  host: Host,
): Promise<{ readonly keys: readonly RepositoryKey[]; readonly created?: CreatedKey }> {
  const fresh = options.keys.filter(
    ({ fingerprint }) => !keys.some((key) => key.fingerprint === fingerprint),
  );
  const all = [...keys, ...fresh.map(asSigning)];
  if (all.length > 0) return { keys: all };
  options.onStep?.("Make a signing key");
  const { email } = options;
  const user = { name: `${label} archive`, ...(email === undefined ? {} : { email }) };
  const created = await createRepositoryKey(user, host);
  const { fingerprint, certificate } = created;
  return { keys: [{ fingerprint, certificate, status: "signing" }], created };
}

function asSigning({
  fingerprint,
  certificate,
}: Pick<RepositoryKey, "fingerprint" | "certificate">): RepositoryKey {
  return { fingerprint, certificate, status: "signing" };
}

/** The index of a new architecture lists the packages of `all` that its component has. */
async function spreadAll(
  settings: RepositorySettings,
  suite: Suite,
  view: Parameters<Parameters<typeof publishSuite>[2]>[0],
): Promise<IndexEdit[]> {
  if (settings.layout === "flat" || view.head === undefined) return [];
  const published = new Set(view.head.release.entries.map(({ path }) => path));
  const isNew = (component: string, architecture: string): boolean =>
    !published.has(`${component}/binary-${architecture}/Packages`);
  const edits: IndexEdit[] = [];
  for (const { component, architecture } of indexNames(settings, { suite, component: undefined })) {
    if (!isNew(component, architecture)) continue;
    const old = suite.architectures.find((each) => !isNew(component, each));
    if (old === undefined) continue;
    const packages = [...(await view.index(component, old)).packages()];
    const add = packages.filter((each) => each.architecture === "all");
    edits.push({ component, architecture, add, remove: [] });
  }
  return edits;
}
