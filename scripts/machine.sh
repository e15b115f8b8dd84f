#!/bin/sh
# Compiles the helpers of the tests, since Node 20 runs no TypeScript, and boots a machine with them.
set -eu
cd "$(dirname "$0")/.."
node_modules/.bin/tsc -p scripts/tsconfig.json
VENVDEB_TEST_CACHE=${VENVDEB_TEST_CACHE:-.cache/machines} exec node .cache/tools/scripts/machine.js "$@"
