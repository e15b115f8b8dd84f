import type { Host } from "../../effects/host.ts";
import { writePrivateKey } from "../sign/key-files.ts";
import { createKey, exportCertificate, type CreateKeyOptions } from "../sign/keys.ts";
import { resignSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import { readHead } from "../heads.ts";
import { readSettings, writeSettings } from "../settings.ts";
import { chooseSigners, type SignerOptions } from "../sign/choose.ts";
import type { Published, RepositoryKey, RepositorySettings } from "../types.ts";
import { keyringFileName } from "../client.ts";

/** A key whose private part is a file of the user's. */
export interface CreatedKey {
  readonly fingerprint: string;
  readonly certificate: string;
  /** Of the private key. */
  readonly path: string;
}

/**
 * Makes a key and keeps its private part in the user's config folder.
 * @throws VenvdebError SIGN_BAD_USER_ID, SIGN_KEY_FILE
 */
export async function createRepositoryKey(options: CreateKeyOptions, host: Host): Promise<CreatedKey> {
  const { fingerprint, certificate, privateKey } = await createKey(options);
  const path = await writePrivateKey(host, { fingerprint, privateKey });
  return { fingerprint, certificate, path };
}

/**
 * Writes the certificates that clients need at the top of the repository.
 * @returns its path there
 */
export async function writeKeyFile({ storage, settings }: OpenRepository): Promise<string> {
  const path = keyringFileName(settings.label);
  const text = Buffer.from(
    await exportCertificate(settings.keys.filter(({ status }) => status === "signing")),
  );
  const former = await storage.read(path);
  if (former?.bytes.equals(text) !== true) await storage.write(path, text);
  return path;
}

export interface ChangedKeys {
  readonly repository: OpenRepository;
  readonly published: readonly Published[];
  readonly keyFile: string;
}

/**
 * Changes the keys of a repository, and signs every suite anew. Nothing is changed when a new key has no signer.
 * @throws VenvdebError SIGN_KEY_MISSING, REPO_SETTINGS_CHANGED, and what `resignSuite` throws
 */
export async function changeKeys(
  former: OpenRepository,
  change: (keys: readonly RepositoryKey[]) => readonly RepositoryKey[],
  {
    signing,
    host,
    ...options
  }: Omit<PublishOptions, "signers"> & {
    readonly signing: SignerOptions;
    readonly host: Host;
  },
): Promise<ChangedKeys> {
  const { storage } = former;
  const { settings: before, version } = await readSettings(storage);
  const settings: RepositorySettings = { ...before, keys: change(before.keys) };
  const signers = await chooseSigners(settings.keys, signing, host);
  const settingsVersion = await writeSettings(storage, settings, version);
  const repository = { storage, settings, settingsVersion };
  const keyFile = await writeKeyFile(repository);
  const published: Published[] = [];
  for (const suite of settings.suites)
    if ((await readHead(storage, settings, suite)) !== undefined)
      published.push(await resignSuite(repository, suite, { ...options, signers }));
  return { repository, published, keyFile };
}
