import { VenvdebError } from "../../errors.ts";

/** A cleartext-signed document, taken apart (RFC 4880, 7). */
export interface Cleartext {
  /** What was signed, dash-escapes undone, ending in a newline. */
  readonly text: string;
  /** The armoured signatures below it. */
  readonly signature: string;
}

/**
 * Takes a document apart as strictly as apt does: nothing before, between or after its parts, so that no reader can see
 * a text that is not signed.
 * @throws VenvdebError SIGN_BAD_RELEASE
 */
export function parseCleartext(document: string): Cleartext {
  const lines = document.split(/\r?\n/);
  if (lines[0] !== BEGIN) throw badRelease("it does not begin as a signed document");
  const start = lines.indexOf("") + 1;
  const headers = lines.slice(1, Math.max(start - 1, 1));
  if (start === 0 || !headers.every((line) => /^Hash: [A-Z0-9, ]+$/i.test(line)))
    throw badRelease("it has other headers than Hash");
  const signatureStart = lines.indexOf(BEGIN_SIGNATURE, start);
  const signatureEnd = lines.indexOf(END_SIGNATURE, signatureStart);
  if (signatureStart === -1 || signatureEnd === -1) throw badRelease("it has no whole signature");
  if (lines.slice(signatureEnd + 1).some((line) => line.trim() !== ""))
    throw badRelease("it goes on after its signature");
  return {
    text: `${lines.slice(start, signatureStart).map(unescapeDash).join("\n")}\n`,
    signature: `${lines.slice(signatureStart, signatureEnd + 1).join("\n")}\n`,
  };
}

/** Puts a text, which ends in a newline, and armoured signatures together. `hashes`: `SHA512`, … */
export function renderCleartext({ text, signature }: Cleartext, hashes: readonly string[]): string {
  const body = text.replaceAll(/^-/gm, "- -");
  return `${BEGIN}\nHash: ${[...new Set(hashes)].join(", ")}\n\n${body}${signature.trimEnd()}\n`;
}

/**
 * The text of Release in an InRelease file, without looking at its signatures.
 * @throws VenvdebError SIGN_BAD_RELEASE
 */
export function textOfInRelease(bytes: Uint8Array): string {
  return parseCleartext(decodeRelease(bytes)).text;
}

/** @throws VenvdebError SIGN_BAD_RELEASE for bytes that are no UTF-8 */
export function decodeRelease(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badRelease("it is not UTF-8", cause);
  }
}

/** The armoured signatures in a text, in their order: a tool may give several blocks. */
export function signatureBlocks(text: string): string[] {
  const pattern = new RegExp(`^${BEGIN_SIGNATURE}\\r?\\n[^]*?^${END_SIGNATURE}[ \\t\\r]*$`, "gm");
  return text.match(pattern) ?? [];
}

const BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
const END_SIGNATURE = "-----END PGP SIGNATURE-----";

function unescapeDash(line: string): string {
  if (line.startsWith("- ")) return line.slice(2);
  if (line.startsWith("-")) throw badRelease("a line of it begins with a dash that is not escaped");
  return line;
}

function badRelease(problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError("SIGN_BAD_RELEASE", `Cannot read the signed Release: ${problem}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "`venvdeb repo verify` tells what else is damaged; `venvdeb repo rollback` goes back to a former release",
  });
}
