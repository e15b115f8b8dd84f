/** One way to sign with one or more keys; the private ones stay with it. */
export interface Signer {
  /** For messages: `the key file archive.asc`, `gpg`, `the command "…"`. */
  readonly name: string;
  /** Of the primary keys that it signs with, 40 upper-case hexadecimal digits. */
  readonly fingerprints: readonly string[];
  /** A cleartext-signed document (RFC 4880, 7) of the text. */
  signInline(text: string): Promise<string>;
  /** An armoured detached signature of the text. */
  signDetached(text: string): Promise<string>;
}

/** Both forms of one signed Release, with the signatures of every signing key. */
export interface SignedRelease {
  readonly inRelease: string;
  /** `Release.gpg`. */
  readonly detached: string;
}

/** What is known of a certificate. */
export interface KeyFacts {
  /** 40 upper-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly userIds: readonly string[];
  /** `rsa4096`, `ed25519`, `nistp256`, … */
  readonly algorithm: string;
  readonly created: Date;
  /** Nothing: never. */
  readonly expires?: Date;
  /** What clients would refuse or warn of, in plain words; empty for a good key. */
  readonly problems: readonly string[];
}
