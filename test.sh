#!/usr/bin/env bash
# ./test.sh [PATTERN]: installs what is missing, builds, runs all tests (or those whose name matches PATTERN).
# Closes with `N passed, N failed` (`, N skipped`); exit status 0 only if nothing failed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools/setup.sh" --test
"$here/tools/build.sh" release
exec "$here/tools/run_tests.py" "$here/build" "$@"
