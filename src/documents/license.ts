import { SPDX } from "@cyclonedx/cyclonedx-library";

/** What a distribution says of its licence, sorted out. */
export type DeclaredLicense =
  | { readonly kind: "id"; readonly id: string }
  /** An SPDX expression of more than one word. */
  | { readonly kind: "expression"; readonly expression: string }
  /** Free text, first line only. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "unknown" };

/** Reads the License field of core metadata: an SPDX expression (PEP 639), or whatever stood there before. */
export function parseLicense(text: string | undefined): DeclaredLicense {
  const [first = ""] = (text ?? "").trim().split("\n", 1);
  const name = first.trim().slice(0, 200);
  if (name === "" || /^(?:unknown|none|other|see license.*)$/i.test(name)) return { kind: "unknown" };
  const id = SPDX.fixupSpdxId(name);
  if (id !== undefined) return { kind: "id", id };
  return isExpression(name) ? { kind: "expression", expression: name } : { kind: "name", name };
}

function isExpression(text: string): boolean {
  const words = text.replaceAll(/[()]/g, " ").trim().split(/\s+/);
  if (words.length < 3 || words.length % 2 === 0) return false;
  return words.every((word, index) => {
    if (index % 2 === 1) return isOperator(word);
    if (words[index - 1] === "WITH") return /^[A-Za-z0-9.-]+$/.test(word);
    return SPDX.isSupportedSpdxId(word.replace(/\+$/, "")) || word.startsWith("LicenseRef-");
  });
}

function isOperator(word: string): boolean {
  return /^(?:AND|OR|WITH)$/.test(word);
}
