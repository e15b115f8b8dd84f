import { VenvdebError } from "../../errors.ts";

/**
 * Refuses a control file whose text parsers understand in different ways: what one shows, another would install.
 * @throws VenvdebError REPO_BAD_PACKAGE
 */
export function validateControlText(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString("latin1");
  if (CONTROL_CHARACTERS.test(text)) throw badText("holds control characters");
  if (!text.endsWith("\n")) throw badText("does not end with a newline");
  if (/^[ \t\r]+$/m.test(text))
    throw badText("has a line of blanks, which ends a stanza for some and not for others");
  if (/^[^\s:]:/m.test(text)) throw badText("has a field with a name of one character, which dpkg refuses");
  for (const [field] of text.matchAll(STRUCTURED))
    if (/[^\0-\u007f]/.test(field))
      throw badText(`has other characters than ASCII in ${field.split(":", 1)[0]}`);
}

/** A carriage return at the end of a line is dropped; elsewhere it is a line's end to some parsers, and not to others. */
// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

/** Fields with a syntax, and their folded lines; blanks of Unicode in them are blanks to us alone. */
const STRUCTURED =
  /^(?:package|version|architecture|source|essential|protected|multi-arch|(?:pre-)?depends|recommends|suggests|enhances|breaks|conflicts|replaces|provides|(?:static-)?built-using):[^\n]*(?:\n[ \t][^\n]*)*/gim;

function badText(problem: string): VenvdebError {
  return new VenvdebError("REPO_BAD_PACKAGE", `its control file ${problem}`);
}
