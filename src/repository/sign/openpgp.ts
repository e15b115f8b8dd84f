import type { enums, Key, PartialConfig } from "openpgp";

/** The in-process OpenPGP implementation; loaded when it is needed, since it takes longer than the rest of a start. */
export async function loadOpenpgp() {
  return import("openpgp");
}

/**
 * For what was made by others: weak algorithms are read, so that they can be named, and a signature is good although
 * the key's self-signature was made again later, as when its expiry was moved (gpgv takes it so too).
 */
export const LENIENT: PartialConfig = {
  minRSABits: 512,
  rejectHashAlgorithms: new Set(),
  rejectMessageHashAlgorithms: new Set(),
  rejectPublicKeyAlgorithms: new Set(),
  rejectCurves: new Set(),
  allowInsecureVerificationWithReformattedKeys: true,
  enableParsingV5Entities: true,
};

/** As gpg and apt show it: 40 upper-case hexadecimal digits for a version 4 key. */
export function fingerprintOf(key: Pick<Key, "getFingerprint">): string {
  return key.getFingerprint().toUpperCase();
}

/** Armour with its checksum: without one, gpgv 2.2 takes the last line for data. */
export async function armorPackets(
  kind: enums.armor.publicKey | enums.armor.signature,
  packets: readonly Uint8Array[],
): Promise<string> {
  const { armor } = await loadOpenpgp();
  return unixLines(armor(kind, Buffer.concat(packets), undefined, undefined, undefined, true));
}

/** The library's armour has CRLF. */
export function unixLines(armoured: string): string {
  return armoured.replaceAll("\r\n", "\n");
}
