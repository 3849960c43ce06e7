#!/usr/bin/env bash
# merge_archives.sh OUT PRIVATE ARCHIVE...: all of the first ARCHIVE, with what it needs of the others and of PRIVATE,
# as an archive of one object in which no name of PRIVATE can be seen.
set -euo pipefail
out=$1 private=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ld.lld-22 -r -o "$scratch/all.o" --whole-archive "$1" --no-whole-archive "${@:2}" "$private"
llvm-nm-22 --defined-only --extern-only --format=just-symbols --no-sort "$private" 2>/dev/null | grep -v ':$' | sort -u >"$scratch/names"
llvm-objcopy-22 --localize-symbols="$scratch/names" "$scratch/all.o" "$scratch/enarx-attest.o"
rm -f "$out"
llvm-ar-22 rcsD "$out" "$scratch/enarx-attest.o"
