import type { Host } from "../effects/host.ts";

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

const KEPT =
  /^(?:PATH|USER|LOGNAME|PIP_.*|UV_.*|NETRC|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:.*_)?(?:CFLAGS|CPPFLAGS|CXXFLAGS|LDFLAGS|LIBS|RUSTFLAGS)|(?:.*_)?(?:INCLUDE|LIB)_?DIRS?|CC|CXX|LD|AR|FC|PKG_CONFIG(?:_.*)?|CMAKE_.*|MAKEFLAGS|(?:PG|MYSQL|LDAP)_CONFIG|CARGO_HOME|RUSTUP_(?:HOME|TOOLCHAIN))$/;

const LEFT = /^UV_PUBLISH_|TOKEN/;
