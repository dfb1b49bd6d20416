#!/usr/bin/env bash
# Runs a test in the browser, in a folder of the build. run.sh SOURCES FOLDER [TEST]
set -euo pipefail
bash "$(dirname "$0")/install.sh" "$1" "$2"
cd "$2"
exec node --test "${3:-pages.test.mjs}"
