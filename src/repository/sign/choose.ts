import { basename, resolve } from "node:path";
import type { Host } from "../../effects/host.ts";
import { VenvdebError } from "../../errors.ts";
import type { RepositoryKey } from "../types.ts";
import { commandSigner } from "./command.ts";
import { gpgSigner, listGpgKeys } from "./gpg.ts";
import { inProcessSigner, PASSPHRASE_HINT } from "./in-process.ts";
import { readKeyFile, readPrivateKey } from "./key-files.ts";
import { readKeyExport } from "./keys.ts";
import type { Signer } from "./types.ts";

export interface SignerOptions {
  /** Files with private keys, armoured or binary. */
  readonly keyFiles?: readonly string[];
  /** See commandSigner. */
  readonly command?: string;
  readonly gpgHome?: string;
  /** The user's own gpg; set by `gpgHome` too. */
  readonly useGpg?: boolean;
}

/**
 * Finds who signs with each `signing` key, in this order: the key files, the key in VENVDEB_SIGNING_KEY (a path, or the
 * armoured key itself), gpg where it is asked for, the user's kept key files, and the command for what is left. Their
 * passphrase is in VENVDEB_SIGNING_KEY_PASSPHRASE or in the file that VENVDEB_SIGNING_KEY_PASSPHRASE_FILE names.
 * @throws VenvdebError SIGN_KEY_MISSING, SIGN_KEY_FOREIGN, SIGN_KEY_FILE, SIGN_BAD_KEY, SIGN_PASSPHRASE, SIGN_BAD_COMMAND,
 *   SIGN_FAILED, TOOL_MISSING
 */
export async function chooseSigners(
  keys: readonly RepositoryKey[],
  options: SignerOptions,
  host: Host,
): Promise<readonly Signer[]> {
  const missing = new Set(
    keys.flatMap(({ status, fingerprint }) => (status === "signing" ? [fingerprint] : [])),
  );
  const passphrase = await readPassphrase(host);
  const signers: Signer[] = [];
  const take = (signer: Signer): void => {
    signers.push(signer);
    for (const fingerprint of signer.fingerprints) missing.delete(fingerprint);
  };
  for (const { name, key } of await namedKeys(keys, options, host))
    if (missing.has(key.fingerprint)) take(await inProcessSigner(name, key, passphrase));
  if (missing.size > 0 && (options.useGpg === true || options.gpgHome !== undefined)) {
    const gpg = {
      ...(options.gpgHome === undefined ? {} : { home: resolve(host.cwd, options.gpgHome) }),
      ...(passphrase === undefined ? {} : { passphrase }),
    };
    const held = (await listGpgKeys(gpg)).filter((fingerprint) => missing.has(fingerprint));
    if (held.length > 0) take(gpgSigner(held, gpg, host));
  }
  for (const fingerprint of missing) {
    const privateKey = await readPrivateKey(host, fingerprint);
    if (privateKey !== undefined)
      take(await inProcessSigner(`the key file ${fingerprint}.asc`, { fingerprint, privateKey }, passphrase));
  }
  if (missing.size > 0 && options.command !== undefined) take(commandSigner(options.command, [...missing]));
  const [first] = missing;
  if (first !== undefined) throw missingKey(first);
  return signers;
}

interface NamedKey {
  readonly name: string;
  readonly key: { readonly fingerprint: string; readonly privateKey: string };
}

/** A key that the user names and the repository does not know is a mistake, better found before than after. */
async function namedKeys(
  known: readonly RepositoryKey[],
  { keyFiles = [] }: SignerOptions,
  host: Host,
): Promise<NamedKey[]> {
  const found: NamedKey[] = [];
  for (const { name, bytes } of [...(await filesOf(keyFiles, host)), ...(await environmentKey(host))]) {
    for (const { fingerprint, privateKey } of await readKeyExport(bytes, name)) {
      if (!known.some((key) => key.fingerprint === fingerprint)) throw foreignKey(name, fingerprint);
      if (privateKey === undefined)
        throw new VenvdebError("SIGN_BAD_KEY", `Cannot sign with ${name}: it has the public part alone`, {
          hint: "gpg --armor --export-secret-keys FINGERPRINT",
        });
      found.push({ name, key: { fingerprint, privateKey } });
    }
  }
  return found;
}

interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function filesOf(paths: readonly string[], { cwd }: Host): Promise<NamedBytes[]> {
  return Promise.all(
    paths.map(async (path) => ({
      name: `the key file ${basename(path)}`,
      bytes: await readKeyFile(resolve(cwd, path)),
    })),
  );
}

async function environmentKey(host: Host): Promise<NamedBytes[]> {
  const value = host.env["VENVDEB_SIGNING_KEY"] ?? "";
  if (value === "") return [];
  const isKey = value.includes("-----BEGIN PGP");
  const bytes = isKey ? Buffer.from(value) : await readKeyFile(resolve(host.cwd, value));
  return [{ name: "VENVDEB_SIGNING_KEY", bytes }];
}

async function readPassphrase({ env, cwd }: Host): Promise<string | undefined> {
  const passphrase = env["VENVDEB_SIGNING_KEY_PASSPHRASE"] ?? "";
  if (passphrase !== "") return passphrase;
  const path = env["VENVDEB_SIGNING_KEY_PASSPHRASE_FILE"] ?? "";
  if (path === "") return undefined;
  const bytes = await readKeyFile(resolve(cwd, path));
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  if (text !== "" && !text.includes("\n")) return text;
  throw new VenvdebError("SIGN_PASSPHRASE", `Cannot read a passphrase from "${path}": it has not one line`, {
    hint: PASSPHRASE_HINT,
  });
}

function foreignKey(name: string, fingerprint: string): VenvdebError {
  return new VenvdebError(
    "SIGN_KEY_FOREIGN",
    `Cannot sign with ${name}: its key ${fingerprint} is none of the repository's`,
    { hint: "`venvdeb repo key show` shows those; `venvdeb repo key import` adds one" },
  );
}

function missingKey(fingerprint: string): VenvdebError {
  return new VenvdebError(
    "SIGN_KEY_MISSING",
    `Cannot sign with ${fingerprint}: its private key is not here, and every release bears its signature`,
    {
      hint: "give it by --key-file or VENVDEB_SIGNING_KEY, from gpg by --gpg, or by --sign-command; or `venvdeb repo key retire` it",
    },
  );
}
