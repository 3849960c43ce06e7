#!/usr/bin/env bash
# Every source file is formatted as .clang-format says. Run as a test.
set -uo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find src test demos bench examples -name '*.cpp' -o -name '*.hpp' | sort)
if [ ${#files[@]} -gt 0 ] && clang-format-22 --dry-run --Werror "${files[@]}" 2>&1 | head -40; then
    echo "1 passed, 0 failed"
else
    echo "run: clang-format-22 -i FILES"
    echo "0 passed, 1 failed"
    exit 1
fi
