/** What a requirements file tells the installer about where and how to look (pip's file options). */
export interface IndexOptions {
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  /** URLs and absolute folders. */
  readonly findLinks: readonly string[];
  readonly noIndex: boolean;
  readonly trustedHosts: readonly string[];
  /** Names, `:all:` or `:none:`, as written. */
  readonly onlyBinary: readonly string[];
  readonly noBinary: readonly string[];
  readonly preferBinary: boolean;
  readonly pre: boolean;
  readonly requireHashes: boolean;
}

export const NO_INDEX_OPTIONS: IndexOptions = {
  extraIndexUrls: [],
  findLinks: [],
  noIndex: false,
  trustedHosts: [],
  onlyBinary: [],
  noBinary: [],
  preferBinary: false,
  pre: false,
  requireHashes: false,
};

/** The options with one more line's; undefined when the option is unknown or lacks its value. */
export function addOption(
  options: IndexOptions,
  name: string,
  value: string | undefined,
): IndexOptions | undefined {
  const flag = flags[name];
  if (flag !== undefined) return value === undefined ? { ...options, [flag]: true } : undefined;
  if (value === undefined || value === "") return undefined;
  if (name === "-i" || name === "--index-url" || name === "--pypi-url")
    return { ...options, indexUrl: value };
  const list = lists[name];
  if (list === undefined) return undefined;
  const values = list === "onlyBinary" || list === "noBinary" ? value.split(",") : [value];
  return { ...options, [list]: [...options[list], ...values] };
}

/** Options of several lines as one; the last index URL wins, as pip has it. */
export function mergeOptions(options: readonly IndexOptions[]): IndexOptions {
  const indexUrl = options.findLast((one) => one.indexUrl !== undefined)?.indexUrl;
  return {
    ...(indexUrl === undefined ? {} : { indexUrl }),
    extraIndexUrls: options.flatMap((one) => one.extraIndexUrls),
    findLinks: options.flatMap((one) => one.findLinks),
    trustedHosts: options.flatMap((one) => one.trustedHosts),
    onlyBinary: options.flatMap((one) => one.onlyBinary),
    noBinary: options.flatMap((one) => one.noBinary),
    noIndex: options.some((one) => one.noIndex),
    preferBinary: options.some((one) => one.preferBinary),
    pre: options.some((one) => one.pre),
    requireHashes: options.some((one) => one.requireHashes),
  };
}

const flags: Readonly<Record<string, "noIndex" | "preferBinary" | "pre" | "requireHashes">> = {
  "--no-index": "noIndex",
  "--prefer-binary": "preferBinary",
  "--pre": "pre",
  "--require-hashes": "requireHashes",
};

const lists: Readonly<
  Record<string, "extraIndexUrls" | "findLinks" | "trustedHosts" | "onlyBinary" | "noBinary">
> = {
  "--extra-index-url": "extraIndexUrls",
  "-f": "findLinks",
  "--find-links": "findLinks",
  "--trusted-host": "trustedHosts",
  "--only-binary": "onlyBinary",
  "--no-binary": "noBinary",
};
