#!/usr/bin/env bash
# Installs what package-lock.json names into a folder of the build and runs the tests there. run.sh SOURCES FOLDER [TEST]
set -euo pipefail
mkdir -p "$2"
cp "$1"/*.mjs "$1"/package.json "$1"/package-lock.json "$2"
cd "$2"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
  cp package-lock.json node_modules/.installed
fi
exec node --test "${3:-pages.test.mjs}"
