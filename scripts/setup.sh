#!/bin/sh
# Brings what the demo, the tests or the benchmarks need onto a Debian machine: Debian packages, npm's packages, the
# compiled program.
# Usage: scripts/setup.sh demo|test|bench
# Running it again costs a second: it looks first, and does only what is missing.
set -eu
cd "$(dirname "$0")/.."

demo_packages="python3 python3-pip gcc libc6-dev python3-dev xz-utils"
test_packages="$demo_packages python3-venv binutils build-essential dpkg-dev libpq-dev pkg-config git mercurial subversion bubblewrap
  mmdebstrap systemd-container util-linux uidmap lintian piuparts debsums diffoscope-minimal faketime
  python3-jsonschema shellcheck zstd bzip2 cron logrotate apt-utils apt-file gnupg gpgv sqv chromium
  apache2-bin aptly reprepro redis-server"

bench_packages="$demo_packages python3-venv dh-virtualenv debhelper dpkg-dev build-essential libpq-dev zstd
  aptly reprepro apt-utils gpg gpg-agent gpgconf"

main() {
  case "${1:-}" in
    demo) packages=$demo_packages ;;
    test) packages=$test_packages ;;
    bench) packages=$bench_packages ;;
    *) fail "usage: scripts/setup.sh demo|test|bench" ;;
  esac
  require_debian
  require_node
  install_debian_packages "$(missing_packages "$packages")"
  if [ "$1" = test ] && ! command -v cargo >/dev/null; then
    # The maturin test compiles Rust; a cargo of one's own (rustup) serves as well.
    install_debian_packages " cargo"
  fi
  install_npm_packages
  if [ "$1" = test ]; then
    install_versitygw
    unpack_web_servers
  fi
  [ "$1" != bench ] || install_peers
  say "compiling venvdeb"
  npm run --silent build
}

require_debian() {
  [ -e /etc/debian_version ] || fail "this is no Debian machine (wanted: Debian 12 or later)"
}

require_node() {
  command -v node >/dev/null || fail "node is not on PATH (wanted: Node.js 20.19 or later)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js is $(node --version) (wanted: 20.19 or later)"
}

# The packages of the list that are not installed, each with a space before it.
missing_packages() {
  for package in $1; do
    status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    case "$status" in
      ii*) ;;
      *) printf ' %s' "$package" ;;
    esac
  done
}

install_debian_packages() {
  [ -n "$1" ] || return 0
  say "installing Debian packages:$1"
  has_package_lists || update_package_lists
  # shellcheck disable=SC2086 # a list of package names, one word each
  apt_install $1 || {
    update_package_lists
    # shellcheck disable=SC2086
    apt_install $1
  }
}

has_package_lists() {
  for list in /var/lib/apt/lists/*_Packages*; do
    [ -e "$list" ] && return 0
  done
  return 1
}

update_package_lists() {
  say "fetching the lists of Debian packages"
  as_root apt-get -qq update
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" >/dev/null
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    command -v sudo >/dev/null || fail "neither root nor sudo is there (wanted: one of them, to run $1)"
    sudo "$@"
  fi
}

# npm ci removes node_modules first, so it runs only when the lock file is another one than at the last run.
install_npm_packages() {
  # npm ci would empty the folder that a link leads to, which is somebody else's.
  if [ -L node_modules ]; then
    say "node_modules is a link: what it leads to is used as it is"
    return 0
  fi
  stamp=node_modules/.venvdeb-lock
  if [ -e "$stamp" ] && cmp -s "$stamp" package-lock.json; then return 0; fi
  say "installing npm packages"
  npm ci --loglevel=error --no-audit --no-fund
  cp package-lock.json "$stamp"
}

# The tests' bucket: a Go module, which Go 1.25 or later compiles.
install_versitygw() {
  version=1.8.0
  folder=$PWD/.cache/tools
  if [ "$(cat "$folder/versitygw.version" 2>/dev/null)" = "$version" ] && [ -x "$folder/versitygw" ]; then return 0; fi
  command -v go >/dev/null || install_debian_packages " golang"
  say "compiling versitygw $version (some minutes, once)"
  GOBIN=$folder CGO_ENABLED=0 GOTOOLCHAIN=auto \
    "$(modern_go)" install -ldflags="-s -w" "github.com/versity/versitygw/cmd/versitygw@v$version" ||
    fail "versitygw does not compile with $(go version)"
  printf '%s\n' "$version" >"$folder/versitygw.version"
}

# From 1.21 on Go fetches the toolchain that a module asks for. That of Debian 12 is older, but fetches modules, and
# each toolchain is one; only its programs must be made programs again.
modern_go() {
  case "$(go version)" in
    *go1.[0-9].* | *go1.1[0-9][.\ ]* | *go1.20[.\ ]*) ;;
    *)
      command -v go
      return
      ;;
  esac
  toolchain=golang.org/toolchain@v0.0.1-go1.25.0.linux-$(go env GOARCH)
  go mod download "$toolchain"
  root=$(go env GOMODCACHE)/$toolchain
  chmod -R u+wx "$root/bin" "$root/pkg/tool"
  printf '%s\n' "$root/bin/go"
}

# The packagers that are no Debian packages. py2deb is not among them: it starts on no Python that Debian still has.
install_peers() {
  version=2.41.3
  folder=$PWD/.cache/tools
  mkdir -p "$folder"
  if [ "$(cat "$folder/nfpm.version" 2>/dev/null)" != "$version" ] || [ ! -x "$folder/nfpm" ]; then
    command -v go >/dev/null || install_debian_packages " golang"
    say "compiling nfpm $version (some minutes, once)"
    GOBIN=$folder CGO_ENABLED=0 GOTOOLCHAIN=auto \
      "$(modern_go)" install -ldflags="-s -w" "github.com/goreleaser/nfpm/v2/cmd/nfpm@v$version"
    printf '%s\n' "$version" >"$folder/nfpm.version"
  fi
  if [ ! -x "$folder/bench/bin/uv" ]; then
    say "installing pex, shiv and uv from the package index"
    /usr/bin/python3 -m venv "$folder/bench"
    "$folder/bench/bin/pip" install --quiet --disable-pip-version-check pex shiv uv
  fi
}

# Installed, these would be services of this machine.
unpack_web_servers() {
  folder=$PWD/.cache/tools/web-servers
  if [ -x "$folder/usr/sbin/nginx" ] && [ -x "$folder/usr/bin/caddy" ]; then return 0; fi
  say "unpacking nginx and Caddy"
  has_package_lists || update_package_lists
  rm -rf "$folder"
  mkdir -p "$folder/debs"
  download_web_servers || {
    update_package_lists
    download_web_servers
  }
  for deb in "$folder"/debs/*.deb; do dpkg-deb --extract "$deb" "$folder"; done
  rm -r "$folder/debs"
}

download_web_servers() {
  (cd "$folder/debs" && apt-get -qq download nginx nginx-common caddy)
}

say() {
  printf 'setup: %s\n' "$1" >&2
}

fail() {
  printf 'setup: %s\n' "$1" >&2
  exit 1
}

main "$@"
