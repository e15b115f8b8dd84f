import type { Key } from "openpgp";
import { messageOf, VenvdebError } from "../../errors.ts";
import type { RepositoryKey } from "../types.ts";
import { describeKey } from "./key-facts.ts";
import { armorPackets, fingerprintOf, LENIENT, loadOpenpgp, unixLines } from "./openpgp.ts";
import type { KeyFacts } from "./types.ts";

export interface CreateKeyOptions {
  /** Whose key it is: `Example archive`. */
  readonly name: string;
  readonly email?: string;
  /** Default `rsa4096`. */
  readonly algorithm?: "rsa4096" | "ed25519";
  /** Default four years. */
  readonly expiresInDays?: number;
  /** The private key is encrypted with it. */
  readonly passphrase?: string;
  /** Default now. */
  readonly created?: Date;
}

/** A key as it is in a file; both parts are armoured. */
export interface KeyPair {
  /** Of the primary key, 40 upper-case hexadecimal digits. */
  readonly fingerprint: string;
  /** The public part. */
  readonly certificate: string;
  /** Encrypted where it has a passphrase. Nothing: the file had the certificate alone. */
  readonly privateKey?: string;
}

/**
 * Makes a key that signs and nothing else, in the form that every apt of Debian 11 to 13 and Ubuntu 20.04 to 26.04 takes:
 * version 4, self-signed with SHA-512, without a sub-key. RSA is the default: Ed25519 has shorter signatures, but not
 * every tool that mirrors repositories reads it.
 * @throws VenvdebError SIGN_BAD_USER_ID
 */
export async function createKey(
  options: CreateKeyOptions,
): Promise<KeyPair & { readonly privateKey: string }> {
  const { generateKey, enums } = await loadOpenpgp();
  const { name, email, algorithm = "rsa4096", expiresInDays = DEFAULT_DAYS, passphrase } = options;
  const userID = checkedUserId(name, email);
  const { privateKey, publicKey } = await generateKey({
    ...(algorithm === "rsa4096"
      ? { type: "rsa", rsaBits: 4096 }
      : // Not `type: "curve25519"`, which makes the new form that gpgv 2.2 does not know.
        { type: "ecc", curve: "ed25519Legacy" }),
    userIDs: [userID],
    subkeys: [],
    keyExpirationTime: expiresInDays * 86_400,
    // A clock that is a little ahead would make the key one "from the future" on other machines.
    date: options.created ?? new Date(Date.now() - 60_000),
    ...(passphrase === undefined ? {} : { passphrase }),
    format: "object",
    config: { preferredHashAlgorithm: enums.hash.sha512 },
  });
  return {
    fingerprint: fingerprintOf(publicKey),
    certificate: unixLines(publicKey.armor()),
    privateKey: unixLines(privateKey.armor()),
  };
}

const DEFAULT_DAYS = 4 * 365 + 1;

/**
 * Reads every key of an export, armoured or binary, public or private.
 * @throws VenvdebError SIGN_BAD_KEY, with what to export instead where it is GnuPG's own key box
 */
export async function readKeyExport(bytes: Uint8Array, name: string): Promise<KeyPair[]> {
  const keys = await parseKeys(bytes, name);
  return keys.map((key) => {
    const pair = { fingerprint: fingerprintOf(key), certificate: unixLines(key.toPublic().armor()) };
    return key.isPrivate() ? Object.assign(pair, { privateKey: unixLines(key.armor()) }) : pair;
  });
}

/**
 * What is known of an armoured certificate, with what clients would refuse of it or warn of.
 * @throws VenvdebError SIGN_BAD_KEY
 */
export async function describeCertificate(armoured: string, now: Date = new Date()): Promise<KeyFacts> {
  const [key] = await parseKeys(Buffer.from(armoured), "the certificate");
  if (key === undefined) throw badKey("the certificate", "it holds no key");
  return describeKey(key, now);
}

/**
 * The certificates of these keys as one armoured block, which apt's `Signed-By` and gpgv read whole; what goes to
 * `<name>-archive-keyring.asc`. Depends on the keys alone.
 * @throws VenvdebError SIGN_BAD_KEY
 */
export async function exportCertificate(
  keys: readonly Pick<RepositoryKey, "certificate">[],
): Promise<string> {
  const { enums } = await loadOpenpgp();
  const packets: Uint8Array[] = [];
  for (const { certificate } of keys)
    for (const key of await parseKeys(Buffer.from(certificate), "the certificate"))
      packets.push(key.toPublic().write());
  return armorPackets(enums.armor.publicKey, packets);
}

/** GnuPG 2.1 and later keep public keys in a key box, which looks like an export to who copies it. */
const KEY_BOX = "KBXf";

async function parseKeys(bytes: Uint8Array, name: string): Promise<Key[]> {
  const { readKeys, readPrivateKeys } = await loadOpenpgp();
  if (Buffer.from(bytes.subarray(8, 12)).toString("latin1") === KEY_BOX)
    throw badKey(name, "it is GnuPG's key box (wanted: an export)", "gpg --armor --export FINGERPRINT");
  const isBinary = (bytes[0] ?? 0) >= 0x80;
  const armoured = Buffer.from(bytes).toString("utf8");
  try {
    const blocks = isBinary ? [] : armoured.match(KEY_BLOCK);
    if (blocks === null) throw new Error("it has no key block");
    if (isBinary) return await readKeys({ binaryKeys: bytes, config: LENIENT });
    const keys: Key[] = [];
    for (const block of blocks)
      keys.push(
        ...(block.includes("PRIVATE")
          ? await readPrivateKeys({ armoredKeys: block, config: LENIENT })
          : await readKeys({ armoredKeys: block, config: LENIENT })),
      );
    return keys;
  } catch (error) {
    throw badKey(name, messageOf(error), undefined, error);
  }
}

const KEY_BLOCK =
  /^-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----[^]*?^-----END PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----/gm;

function badKey(name: string, problem: string, hint?: string, cause?: unknown): VenvdebError {
  return new VenvdebError("SIGN_BAD_KEY", `Cannot read a key from ${name}: ${problem}`, {
    hint: hint ?? "wanted: what `gpg --export` or `gpg --export-secret-keys` gives, armoured or not",
    ...(cause === undefined ? {} : { cause }),
  });
}

function checkedUserId(name: string, email: string | undefined): { name: string; email?: string } {
  // What would end the name, or the address, of a user ID (RFC 4880, 5.11).
  const isName = /^[^\s<>()\p{Cc}][^<>()\p{Cc}]*$/u.test(name);
  const isEmail = email === undefined || /^[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+$/u.test(email);
  if (isName && isEmail) return { name, ...(email === undefined ? {} : { email }) };
  throw new VenvdebError(
    "SIGN_BAD_USER_ID",
    `Cannot make a key for "${name}${email === undefined ? "" : ` <${email}>`}": it is no name and address (wanted: as Example archive <archive@example.com>)`,
    { exitCode: 2 },
  );
}

/**
 * When the newest key was made or last changed by its owner: the latest of its self-signatures.
 * @throws VenvdebError SIGN_BAD_KEY
 */
export async function newestChange(keys: readonly Pick<RepositoryKey, "certificate">[]): Promise<Date> {
  const times = [0];
  for (const { certificate } of keys)
    for (const key of await parseKeys(Buffer.from(certificate), "the certificate"))
      for (const { created } of [
        ...key.users.flatMap(({ selfCertifications }) => selfCertifications),
        ...key.subkeys.flatMap(({ bindingSignatures }) => bindingSignatures),
        ...key.revocationSignatures,
      ])
        times.push(created?.getTime() ?? 0);
  return new Date(Math.max(...times));
}
