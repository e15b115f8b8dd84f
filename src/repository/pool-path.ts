/** What decides where a package is. */
export interface PoolIdentity {
  readonly source: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/**
 * Where a package is in the repository: `pool/<component>/<l>/<source>/<name>_<version>_<arch>.deb`, in Debian's order
 * of folders (`libf` for sources that begin with `lib`). Buckets, proxies and file systems disagree about `+`, `~`, `:`,
 * `%` and upper case, so these are written `_p`, `_t`, `_e` and `_u<letter>`; distinct packages have distinct paths on
 * all of them. The parts must be of Policy's syntax, as `admitPackages` has checked.
 */
export function poolPath(component: string, { source, name, version, architecture }: PoolIdentity): string {
  const letter = source.startsWith("lib") ? source.slice(0, 4) : source.slice(0, 1);
  const file = `${escapePart(name)}_${escapePart(version)}_${escapePart(architecture)}.deb`;
  return ["pool", component, escapePart(letter), escapePart(source), file].join("/");
}

/** The package of a path in the pool; nothing for a path of another form. The inverse of `poolPath`. */
export function parsePoolPath(path: string): (PoolIdentity & { readonly component: string }) | undefined {
  const match = POOL_PATH.exec(path)?.groups;
  if (match === undefined) return undefined;
  const { component = "", source = "", name = "", version = "", architecture = "" } = match;
  const identity = {
    source: unescapePart(source),
    name: unescapePart(name),
    version: unescapePart(version),
    architecture,
  };
  return poolPath(component, identity) === path ? { ...identity, component } : undefined;
}

/** A name has no `_` before a digit, an architecture none at all: so the three parts of a file's name can be told apart. */
const POOL_PATH =
  /^pool\/(?<component>.+)\/[^/]+\/(?<source>[^/]+)\/(?<name>[^/]+?)_(?<version>\d[^/]*)_(?<architecture>[^/_]+)\.deb$/;

const ESCAPES: Readonly<Record<string, string>> = { "+": "_p", "~": "_t", ":": "_e" };
const UNESCAPES: Readonly<Record<string, string>> = { _p: "+", _t: "~", _e: ":" };

function escapePart(part: string): string {
  return part.replaceAll(/[+~:A-Z]/g, (character) => ESCAPES[character] ?? `_u${character.toLowerCase()}`);
}

function unescapePart(part: string): string {
  return part.replaceAll(
    /_(?:u[a-z]|[pte])/g,
    (escape) => UNESCAPES[escape] ?? escape.slice(2).toUpperCase(),
  );
}
