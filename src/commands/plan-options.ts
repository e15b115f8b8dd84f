/** What `plan` and `build` have in common. */
export const TARGET = {
  type: "text",
  describe: "Release to build for, such as debian:bookworm",
  fallback: "this machine's",
} as const;
export const REVISION = {
  type: "text",
  describe: "Debian revision, in place of the setting",
  form: { pattern: /^[A-Za-z0-9+.~]+$/, wanted: "letters, digits and + . ~" },
} as const;
export const COMPRESSION = {
  type: "text",
  choices: ["xz", "zstd", "gzip", "none"],
  describe: "Compression, in place of the setting",
} as const;
