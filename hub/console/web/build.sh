#!/usr/bin/env bash
# Builds the page in a folder of the build: build.sh SOURCES FOLDER [SCRIPT]. What the lock file names is installed
# there; FOLDER/dist holds what the hub takes in. Nothing is written beside the sources.
set -euo pipefail
mkdir -p "$2"
folder=$(realpath "$2")
cd "$1"
rm -rf "$folder/src"
cp -rp . "$folder"
cd "$folder"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
  cp package-lock.json node_modules/.installed
fi
exec npm run --silent "${3:-build}"
