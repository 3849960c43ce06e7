#!/usr/bin/env bash
# lint.sh [FILES]: clang-tidy over the given sources, or over all of the release build. Takes minutes for all.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then mapfile -t files < <(git ls-files 'src/*.cpp'); else files=("$@"); fi
printf '%s\n' "${files[@]}" | xargs -P 2 -n 4 clang-tidy-22 -p build --quiet
