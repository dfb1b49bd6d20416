#!/usr/bin/env bash
# Copies what drives the browser into a folder of the build and installs what package-lock.json names. install.sh SOURCES FOLDER
set -euo pipefail
mkdir -p "$2"
cp "$1"/*.mjs "$1"/package.json "$1"/package-lock.json "$2"
cd "$2"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
  cp package-lock.json node_modules/.installed
fi
