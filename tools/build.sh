#!/usr/bin/env bash
# build.sh [PRESET]: configures once and builds; prints only what goes wrong, and progress on a terminal.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
folder=build
[ "$preset" = release ] || folder=build/$preset
[ -f "$folder/build.ninja" ] || cmake --preset "$preset" >"$folder.configure.log" 2>&1 || { cat "$folder.configure.log" >&2; exit 1; }
if [ ! -e build/deps/wasmtime.stamp ] && [ -z "${ENARX_DEPS-}" ]; then
    echo "build: the first build takes about 25 minutes on two cores, most of it Wasmtime" >&2
fi
cmake --build "$folder" -- --quiet >&2
