#!/bin/sh
# Builds sample-apps/hello-web from a copy and shows what was made.
set -eu
cd "$(dirname "$0")/.."
program=$PWD/bin/venvdeb.js
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r sample-apps/hello-web "$work/hello-web"
cd "$work/hello-web"

show() {
  printf '\n$ %s\n' "$*"
}

show cat pyproject.toml
cat pyproject.toml
show venvdeb build
node "$program" build
deb=$(echo dist/*.deb)
show "ls -l dist"
ls -l dist
show "dpkg-deb --info $deb"
dpkg-deb --info "$deb"
show "dpkg-deb --contents $deb    (where the service and the commands are)"
dpkg-deb --contents "$deb" | grep -E ' \./(usr|etc|lib|opt/hello-web/bin)/.*[^/]$'
show "venvdeb inspect $deb"
node "$program" inspect "$deb"
cat <<'END'

Install it on a Debian machine of this release:
    apt-get install ./hello-web_*.deb
    curl http://127.0.0.1:8000/hello/Debian
"npm run machine" boots a throw-away one to try that on; "npm test" does it for you.
END
