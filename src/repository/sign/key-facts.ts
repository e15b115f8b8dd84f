import type { Key, SignaturePacket, Subkey } from "openpgp";
import { fingerprintOf, LENIENT, loadOpenpgp } from "./openpgp.ts";
import type { KeyFacts } from "./types.ts";

/** Facts of one key at a time; the limits are those of the apt releases named in each sentence. */
export async function describeKey(key: Key, now: Date): Promise<KeyFacts> {
  const expires = await expiryOf(key);
  return {
    fingerprint: fingerprintOf(key),
    userIds: key.getUserIDs(),
    algorithm: algorithmName(key),
    created: key.getCreationTime(),
    ...(expires === undefined ? {} : { expires }),
    problems: [
      ...formProblems(key),
      ...algorithmProblems(key),
      ...(await selfSignatureProblems(key)),
      ...(await useProblems(key)),
      ...expiryProblems(expires, now),
    ],
  };
}

/** Within this many days before its end a key is warned of. */
export const EXPIRY_WARNING_DAYS = 180;

/** What is to be said of a key's end at this time. */
export function expiryProblems(expires: Date | undefined, now: Date): string[] {
  if (expires === undefined) return [];
  const days = Math.floor((expires.getTime() - now.getTime()) / 86_400_000);
  const date = expires.toISOString().slice(0, 10);
  if (days < 0) return [`it expired on ${date}: apt of Debian 12 refuses every release that it signed`];
  if (days >= EXPIRY_WARNING_DAYS) return [];
  return [`it expires on ${date}, in ${days} days: add its successor now, so that clients get it in time`];
}

async function expiryOf(key: Key): Promise<Date | undefined> {
  const expires = await key.getExpirationTime();
  return expires instanceof Date ? expires : undefined;
}

function algorithmName(key: Key | Subkey): string {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  if (algorithm.startsWith("rsa")) return `rsa${bits ?? ""}`;
  if (algorithm === "eddsaLegacy") return "ed25519";
  if (algorithm === "ed25519" || algorithm === "ed448") return `${algorithm} of the new form`;
  return (curve ?? `${algorithm}${bits ?? ""}`).toLowerCase();
}

function formProblems({ keyPacket }: Key): string[] {
  return keyPacket.version === 4
    ? []
    : [
        `it is a version ${keyPacket.version} key (wanted: 4): gpgv before 2.5, in Debian 11 to 13, does not read it`,
      ];
}

function algorithmProblems(key: Key): string[] {
  const { algorithm, bits = 0, curve = "" } = key.getAlgorithmInfo();
  if (algorithm.startsWith("rsa")) {
    if (bits < 2048) return [`it is RSA with ${bits} bits: Debian 13 and Ubuntu 24.04 refuse less than 2048`];
    return bits < 3072 ? [`it is RSA with ${bits} bits: apt refuses less than 3072 from February 2030`] : [];
  }
  if (algorithm === "dsa") return ["it is a DSA key: Debian 13 refuses it"];
  if (algorithm === "ed25519" || algorithm === "ed448")
    return [
      `its algorithm is ${algorithm} of the new form (27, 28): gpgv of Debian 11 and 12 does not know it`,
    ];
  if (curve.startsWith("brainpool"))
    return ["it is on a Brainpool curve: apt refuses those from February 2028"];
  if (curve === "secp256k1") return ["it is on the curve secp256k1: Debian 13 does not know it"];
  return [];
}

async function selfSignatureProblems(key: Key): Promise<string[]> {
  const { enums } = await loadOpenpgp();
  const valid = await primarySelfSignature(key);
  // What the library can't check may be called by its weakness yet.
  const signature = valid ?? newest(key.users.flatMap(({ selfCertifications }) => selfCertifications));
  const isWeak = algorithmProblems(key).length > 0 || !STRONG.has(signature?.hashAlgorithm ?? 0);
  if (signature === undefined || (valid === undefined && !isWeak))
    return ["it has no valid self-signature: no client takes it"];
  const signer = signingSubkeys(key).map(newestBinding);
  const weak = [signature, ...(canSign(signature) ? [] : signer)].flatMap(({ hashAlgorithm }) =>
    hashAlgorithm === null || STRONG.has(hashAlgorithm) ? [] : [enums.read(enums.hash, hashAlgorithm)],
  );
  return [...new Set(weak)].map(
    (hash) =>
      `its self-signature is made with ${HASH_NAMES[hash] ?? hash}: Debian 13 refuses it (set the key's expiry again with a gpg of today)`,
  );
}

const HASH_NAMES: Readonly<Record<string, string>> = {
  md5: "MD5",
  sha1: "SHA-1",
  ripemd: "RIPEMD-160",
  sha224: "SHA-224",
};

/** SHA-256, SHA-384, SHA-512 by their numbers (RFC 4880, 9.4). */
export const STRONG: ReadonlySet<number> = new Set([8, 9, 10]);

async function useProblems(key: Key): Promise<string[]> {
  if (await key.isRevoked()) return ["it is revoked: no client takes it"];
  const signature = await primarySelfSignature(key);
  if (signature === undefined || canSign(signature)) return [];
  return signingSubkeys(key).length === 0
    ? ["neither it nor a sub-key may sign"]
    : [
        "only its sub-key may sign: give clients the key file, since Debian 13 takes no sub-key's fingerprint in Signed-By",
      ];
}

/** Of now, or for a key that is over, of its last second. */
async function primarySelfSignature(key: Key): Promise<SignaturePacket | undefined> {
  const { config } = await loadOpenpgp();
  const end = await expiryOf(key);
  for (const date of [new Date(), ...(end === undefined ? [] : [new Date(end.getTime() - 1000)])]) {
    const user = await key.getPrimaryUser(date, undefined, { ...config, ...LENIENT }).catch(() => undefined);
    if (user !== undefined) return user.selfCertification;
  }
  return undefined;
}

/** Without key flags a key may do all that its algorithm can. */
function canSign({ keyFlags }: SignaturePacket): boolean {
  return keyFlags === null || ((keyFlags[0] ?? 0) & 2) !== 0;
}

function signingSubkeys(key: Key): Subkey[] {
  return key.subkeys.filter((subkey) => canSign(newestBinding(subkey)));
}

function newestBinding({ bindingSignatures }: Subkey): SignaturePacket {
  const signature = newest(bindingSignatures);
  if (signature === undefined) throw new Error("A sub-key was read without a signature");
  return signature;
}

function newest(signatures: readonly SignaturePacket[]): SignaturePacket | undefined {
  return signatures.toSorted((a, b) => (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0))[0];
}
