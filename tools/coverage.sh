#!/usr/bin/env bash
# coverage.sh FOLDER PROGRAM...: runs test programs of the coverage preset and prints which lines of src/FOLDER they reach, file by file.
#
#   tools/coverage.sh attest attest_test attest_measure_test attest_inspect_test forged_test
#
# Also `-- COMMAND...`: one more command to run first, such as a story in Python that calls build/coverage/enarx. ENARX_VECTORS names a whole
# set of vectors. Tests, fuzzers and what only tests use are not counted.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
shift
build=build/coverage
[ -f "$build/build.ninja" ] || cmake --preset coverage >/dev/null
programs=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do programs+=("$1"); shift; done
more=()
[ $# -gt 0 ] && shift && more=("$@")
[ -n "${ENARX_NO_BUILD-}" ] || ninja -C "$build" --quiet "${programs[@]}"
profiles=$build/profiles
rm -rf "$profiles"
export LLVM_PROFILE_FILE=$PWD/$profiles/%p.profraw
objects=()
for program in "${programs[@]}"; do
    "$build/parts/$program" >"$build/$program.log" || { tail -20 "$build/$program.log" >&2; exit 1; }
    objects+=(-object "$build/parts/$program")
done
if [ ${#more[@]} -gt 0 ]; then "${more[@]}" >&2; fi
[ -x "$build/enarx" ] && objects+=(-object "$build/enarx")
llvm-profdata-22 merge -sparse "$profiles"/*.profraw -o "$profiles/all.profdata"
llvm-cov-22 report "${objects[@]:1}" -instr-profile="$profiles/all.profdata" \
    -ignore-filename-regex='_test\.cpp|_fuzz\.cpp|/testing/|/testing\.hpp' "src/$folder" |
    awk '/^TOTAL/ || /\.[ch]pp/ { printf "%-40s %6s lines %6s missed %8s\n", $1, $8, $9, $10 }'
