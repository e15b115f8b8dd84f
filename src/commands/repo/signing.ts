import type { SignerOptions } from "../../repository/sign/choose.ts";

/** What the options of `SIGNING_OPTIONS` give. */
export interface SigningValues {
  readonly "key-file": readonly string[];
  readonly gpg: boolean;
  readonly "gpg-home": string | undefined;
  readonly "sign-command": string | undefined;
}

export function signerOptions(values: SigningValues): SignerOptions {
  const { "key-file": keyFiles, gpg, "gpg-home": gpgHome, "sign-command": command } = values;
  return {
    keyFiles,
    useGpg: gpg,
    ...(gpgHome === undefined ? {} : { gpgHome }),
    ...(command === undefined ? {} : { command }),
  };
}
