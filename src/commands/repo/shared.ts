import type { OperandSpec, OptionSpecs } from "../types.ts";

/** The first operand of every command. */
export const URL_OPERAND = {
  name: "url",
  describe: "Where the repository is: a folder, or s3://bucket/prefix",
  count: "one",
} as const satisfies OperandSpec;

export const SUITE_OPERAND = {
  name: "suite",
  describe: "Suite, as SUITE or SUITE/COMPONENT",
  count: "one",
} as const satisfies OperandSpec;

/** Who signs; the user's kept keys and VENVDEB_SIGNING_KEY need no option. */
export const SIGNING_OPTIONS = {
  "key-file": { type: "list", describe: "File with a private key; each one signs" },
  gpg: { type: "flag", describe: "Sign with the keys that gpg has" },
  "gpg-home": { type: "text", describe: "Sign with the keys of this gpg folder" },
  "sign-command": { type: "text", describe: "Sign with a command (KMS, HSM, ssh)" },
} as const satisfies OptionSpecs;

export const JSON_OPTION = {
  json: { type: "flag", describe: "Print it as JSON" },
} as const satisfies OptionSpecs;

export const PUBLISH_OPTIONS = {
  "dry-run": { type: "flag", describe: "Say what would change, and write nothing" },
  ...SIGNING_OPTIONS,
  ...JSON_OPTION,
} as const satisfies OptionSpecs;
