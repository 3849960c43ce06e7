#!/usr/bin/env bash
# build.sh [PRESET [TARGET...]]: configures once and builds; shows how far it is, and what to do where it fails.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
folder=build
[ "$preset" = release ] || folder=build/$preset
deps=${ENARX_DEPS:-build/deps}
mkdir -p "$folder"

# say_why: what usually stops a build, as far as it can be seen from here.
say_why() {
    local free
    free=$(df --output=avail -m "$folder" | tail -n 1)
    if [ "$free" -lt 300 ]; then
        echo "build: the disk of $PWD/$folder is full ($free MiB are left). Make room and call this again: it goes on." >&2
    else
        echo "build: stopped. What stands above says why; the same call goes on from here." >&2
    fi
    exit 1
}

if [ ! -e "$deps/wasmtime.stamp" ]; then
    free=$(df --output=avail -m "$folder" | tail -n 1)
    if [ "$free" -lt 3000 ]; then
        echo "build: the first build needs 3 GiB, and $PWD/$folder has $free MiB left. Make room, or let \`build\` be a link to a folder with more." >&2
        exit 1
    fi
    echo "build: first the WebAssembly engine (Wasmtime) and the cryptography (AWS-LC), then Enarx; about ten minutes on two cores" >&2
fi
if [ ! -f "$folder/build.ninja" ]; then
    cmake --preset "$preset" >"$folder/configure.log" 2>&1 || { tail -n 30 "$folder/configure.log" >&2; say_why; }
fi
tools/progress.py "$folder" "$@" || say_why
