import type { Host } from "../effects/host.ts";
import { redactSecrets } from "../effects/redact.ts";

/**
 * The variables of a build: how to reach the package index, and what compilers are told. No keys, no tokens of clouds or
 * CI, no agents. What pip and uv need to get at a private index is among them: it is they who fetch, and no backend
 * gets to see it.
 */
export function buildVariables({ env, cacheDirectory, home }: Host): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && KEPT.test(entry[0]) && !LEFT.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    VENVDEB_CACHE_DIR: cacheDirectory,
    CI: "1",
    NO_COLOR: "1",
  };
}

/**
 * The variables of the shared cache, which has secrets among them: whoever has those can put code into everybody's
 * packages. So they are given only where no code of a project can read the variables of its build; without any secret,
 * a web server's address is given always.
 */
export function sharedCacheVariables({ env }: Pick<Host, "env">, isApart: boolean): Record<string, string> {
  const url = env["VENVDEB_SHARED_CACHE"] ?? "";
  const names = url.startsWith("s3:") ? [...SHARED, ...BUCKET] : SHARED;
  const isOpen = /^https?:/.test(url) && url === redactSecrets(url) && !env["VENVDEB_SHARED_CACHE_KEY"];
  if (url === "" || !(isApart || isOpen)) return {};
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

const SHARED = ["VENVDEB_SHARED_CACHE", "VENVDEB_SHARED_CACHE_KEY", "NODE_EXTRA_CA_CERTS"] as const;
const BUCKET = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_S3",
] as const;

/** The folder of a shared cache that is one. */
export function sharedCacheFolder(variables: Readonly<Record<string, string>>): string | undefined {
  const url = variables["VENVDEB_SHARED_CACHE"] ?? "";
  return url.startsWith("/") ? url : undefined;
}

const KEPT =
  /^(?:PATH|USER|LOGNAME|PIP_.*|UV_.*|NETRC|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:.*_)?(?:CFLAGS|CPPFLAGS|CXXFLAGS|LDFLAGS|LIBS|RUSTFLAGS)|(?:.*_)?(?:INCLUDE|LIB)_?DIRS?|CC|CXX|LD|AR|FC|PKG_CONFIG(?:_.*)?|CMAKE_.*|MAKEFLAGS|(?:PG|MYSQL|LDAP)_CONFIG|CARGO_HOME|RUSTUP_(?:HOME|TOOLCHAIN))$/;

const LEFT = /^UV_PUBLISH_|TOKEN/;
