#!/bin/sh
# Compiles the measurements, since Node 20 runs no TypeScript, and makes them. See README.md.
set -eu
cd "$(dirname "$0")/.."
npm run --silent build
node_modules/.bin/tsc -p bench/tsconfig.json
node .cache/bench/bench/main.js "$@"
node_modules/.bin/oxfmt bench/README.md
