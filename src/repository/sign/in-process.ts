import { messageOf, VenvdebError } from "../../errors.ts";
import { loadOpenpgp, unixLines } from "./openpgp.ts";
import type { Signer } from "./types.ts";

/**
 * Signs with an armoured private key in this process; its passphrase is tried at once, not at the first signature.
 * `name`: for messages, such as `the key file archive.asc`.
 * @throws VenvdebError SIGN_PASSPHRASE, SIGN_BAD_KEY
 */
export async function inProcessSigner(
  name: string,
  key: { readonly fingerprint: string; readonly privateKey: string },
  passphrase: string | undefined,
): Promise<Signer> {
  const openpgp = await loadOpenpgp();
  const signingKeys = await unlock(name, key.privateKey, passphrase);
  const config = { preferredHashAlgorithm: openpgp.enums.hash.sha512 };
  return {
    name,
    fingerprints: [key.fingerprint],
    signInline: async (text) =>
      failing(name, async () => {
        // The newline before the signature belongs to the frame, not to what is signed (RFC 4880, 7.1).
        const message = await openpgp.createCleartextMessage({ text: text.replace(/\n$/, "") });
        return unixLines(await openpgp.sign({ message, signingKeys, config }));
      }),
    signDetached: async (text) =>
      failing(name, async () => {
        const message = await openpgp.createMessage({ binary: Buffer.from(text) });
        return unixLines(await openpgp.sign({ message, signingKeys, detached: true, config }));
      }),
  };
}

async function unlock(name: string, armoredKey: string, passphrase: string | undefined) {
  const { readPrivateKey, decryptKey } = await loadOpenpgp();
  const privateKey = await readPrivateKey({ armoredKey }).catch((cause: unknown) => {
    throw new VenvdebError("SIGN_BAD_KEY", `Cannot sign with ${name}: ${messageOf(cause)}`, { cause });
  });
  if (privateKey.isDecrypted()) return privateKey;
  if (passphrase === undefined)
    throw new VenvdebError("SIGN_PASSPHRASE", `Cannot sign with ${name}: it has a passphrase`, {
      hint: PASSPHRASE_HINT,
    });
  return decryptKey({ privateKey, passphrase }).catch((cause: unknown) => {
    throw new VenvdebError("SIGN_PASSPHRASE", `Cannot sign with ${name}: the passphrase does not open it`, {
      hint: PASSPHRASE_HINT,
      cause,
    });
  });
}

export const PASSPHRASE_HINT =
  "put it into VENVDEB_SIGNING_KEY_PASSPHRASE, or into a file that VENVDEB_SIGNING_KEY_PASSPHRASE_FILE names";

async function failing<T>(name: string, run: () => Promise<T>): Promise<T> {
  return run().catch((cause: unknown) => {
    throw new VenvdebError("SIGN_FAILED", `Cannot sign with ${name}: ${messageOf(cause)}`, { cause });
  });
}
