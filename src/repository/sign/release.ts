import { VenvdebError } from "../../errors.ts";
import type { RepositoryKey } from "../types.ts";
import { decodeRelease, parseCleartext, renderCleartext, signatureBlocks } from "./cleartext.ts";
import { describeCertificate } from "./keys.ts";
import type { SignedRelease, Signer } from "./types.ts";
import { armorSignatures, checkSignatures, type CheckedSignature, type SignatureMode } from "./verify.ts";

/**
 * Signs a Release with every key of status `signing`, whichever signers have them, and joins the signatures: clients need
 * to know one of the keys (apt-secure(8)). Each signature is checked against the text and the certificates before
 * anything is given back.
 * @throws VenvdebError SIGN_NO_KEY, SIGN_KEY_EXPIRED, SIGN_BAD_RELEASE, SIGN_BAD_SIGNATURE, and those of the signers
 */
export async function signRelease(
  text: string,
  signers: readonly Signer[],
  keys: readonly RepositoryKey[],
): Promise<SignedRelease> {
  validateText(text);
  const signing = keys.filter(({ status }) => status === "signing");
  await validateKeys(signing);
  const inline: CheckedSignature[] = [];
  const detached: CheckedSignature[] = [];
  for (const signer of signers) {
    const parts = { text, signer, keys: signing };
    inline.push(...(await checked(parts, "inline", await inlineSignature(parts))));
    detached.push(...(await checked(parts, "detached", await signer.signDetached(text))));
  }
  for (const [mode, signatures] of [
    ["inline", inline],
    ["detached", detached],
  ] as const)
    requireEvery(signing, mode, signatures);
  return {
    inRelease: renderCleartext(
      { text, signature: await armorSignatures(inline.map(({ bytes }) => bytes)) },
      inline.map(({ hash }) => hash),
    ),
    detached: await armorSignatures(detached.map(({ bytes }) => bytes)),
  };
}

/**
 * Reads an InRelease and checks its signatures against all keys of the repository, retired ones too. A stranger's
 * signature beside a good one does no harm; a wrong one that claims to be of our key does.
 * @returns the text of Release and the fingerprints of the primary keys that signed it
 * @throws VenvdebError SIGN_BAD_RELEASE, SIGN_BAD_SIGNATURE
 */
export async function readInRelease(
  bytes: Uint8Array,
  keys: readonly RepositoryKey[],
): Promise<{ text: string; signedBy: readonly string[] }> {
  const { text, signature } = parseCleartext(decodeRelease(bytes));
  const signatures = await checkSignatures(text, signature, "inline", keys);
  const known = signatures.flatMap(({ fingerprint, problem }) =>
    fingerprint === undefined ? [] : [{ fingerprint, problem }],
  );
  const bad = known.find(({ problem }) => problem !== undefined);
  if (bad !== undefined)
    throw badSignature(
      `Cannot trust the release: its signature of ${bad.fingerprint} is wrong: ${bad.problem}`,
    );
  if (known.length === 0) throw badSignature("Cannot trust the release: no key of the repository signed it");
  return { text, signedBy: [...new Set(known.map(({ fingerprint }) => fingerprint))] };
}

interface Parts {
  readonly text: string;
  readonly signer: Signer;
  readonly keys: readonly RepositoryKey[];
}

/** What verifiers strip from the ends of lines, and lines of another system, would make two texts of one. */
function validateText(text: string): void {
  if (/^(?:[^\r\n]*[^\s])?\n/.test(text) && text.endsWith("\n") && !/[ \t\r](?:\n|$)/.test(text)) return;
  throw new VenvdebError(
    "SIGN_BAD_RELEASE",
    "Cannot sign the Release: a line of it ends in a blank, or its end is missing (wanted: lines that end in a newline alone)",
  );
}

async function validateKeys(keys: readonly RepositoryKey[]): Promise<void> {
  if (keys.length === 0)
    throw new VenvdebError("SIGN_NO_KEY", "Cannot sign: the repository has no key that signs", {
      hint: "`venvdeb repo key create` makes one",
    });
  const now = new Date();
  for (const { certificate } of keys) {
    const { expires, fingerprint } = await describeCertificate(certificate, now);
    if (expires === undefined || expires > now) continue;
    throw new VenvdebError(
      "SIGN_KEY_EXPIRED",
      `Cannot sign with ${fingerprint}: it expired on ${expires.toISOString().slice(0, 10)}, and no client takes its signatures`,
      { hint: "add another key and retire this one; clients need the new key file by hand now" },
    );
  }
}

/** @returns the armoured signatures, of a document with exactly our text */
async function inlineSignature({ text, signer }: Parts): Promise<string> {
  const document = parseCleartext(await signer.signInline(text));
  if (document.text === text) return document.signature;
  throw badSignature(`Cannot sign: ${signer.name} signed another text than the Release that it was given`);
}

async function checked(
  { text, signer, keys }: Parts,
  mode: SignatureMode,
  armoured: string,
): Promise<CheckedSignature[]> {
  if (signatureBlocks(armoured).length === 0)
    throw badSignature(`Cannot sign: ${signer.name} gave no armoured signature (${mode})`);
  const signatures = await checkSignatures(text, armoured, mode, keys);
  const bad = signatures.find(({ problem }) => problem !== undefined);
  if (bad === undefined) return signatures;
  throw badSignature(
    `Cannot sign: a signature (${mode}) that ${signer.name} made is wrong: ${bad.problem ?? ""}`,
  );
}

function requireEvery(
  keys: readonly RepositoryKey[],
  mode: SignatureMode,
  signatures: readonly CheckedSignature[],
): void {
  const missing = keys.find((key) => !signatures.some(({ fingerprint }) => fingerprint === key.fingerprint));
  if (missing !== undefined)
    throw badSignature(`Cannot sign: the signature (${mode}) of ${missing.fingerprint} is missing`);
}

function badSignature(message: string): VenvdebError {
  return new VenvdebError("SIGN_BAD_SIGNATURE", message, {
    hint: "`venvdeb repo key show` shows the keys of the repository",
  });
}
