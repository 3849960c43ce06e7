#!/usr/bin/env bash
# build_crate.sh NAME CRATE_DIR DEPS_DIR: builds one of our two crates and lays its library and headers out for CMake.
set -euo pipefail
name=$1 crate=$2 deps=$3
target=$deps/$name
mkdir -p "$deps/lib" "$deps/include"

# One build of a crate at a time per deps folder; a second preset waits and then finds everything done.
exec 9>"$deps/.$name.lock"
flock 9

# Path remapping keeps the builder's folders out of the binaries.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
export AWS_LC_SYS_NO_PREFIX=1 CC=clang-22 CXX=clang++-22
export CLANG_PATH=/usr/bin/clang-22 LIBCLANG_PATH=/usr/lib/llvm-22/lib
environment=$crate/environment # settings of this crate alone, NAME=VALUE a line
[ ! -e "$environment" ] || { set -a; . "$environment"; set +a; }

# Nothing to do where these very sources were built by this very compiler (another preset, another checkout).
inputs=("$crate/Cargo.toml" "$crate/Cargo.lock" "$crate/src/lib.rs")
[ ! -e "$environment" ] || inputs+=("$environment")
stamp=$(cat "${inputs[@]}" <(rustc --version; echo "$RUSTFLAGS") | sha256sum)
outputs() {
    case $name in
    wasmtime) ls "$target/release/libenarx_wasmtime.a" "$deps/include/wasmtime-c-api/wasmtime.hh" ;;
    aws-lc) ls "$deps/lib/libssl.a" "$deps/lib/libcrypto.a" "$deps/include/aws-lc/openssl/ssl.h" ;;
    *) echo "build_crate.sh: unknown crate $name" >&2; exit 2 ;;
    esac
}
if [ "$(cat "$deps/$name.stamp" 2>/dev/null)" = "$stamp" ] && outputs >/dev/null 2>&1; then
    exit 0 # untouched: other checkouts, which have them already, would link anew
fi

# Without a network the crates must be there already.
offline=()
if ! said=$(cargo fetch --locked --manifest-path "$crate/Cargo.toml" 2>&1); then
    if ! cargo fetch --quiet --offline --locked --manifest-path "$crate/Cargo.toml" 2>/dev/null; then
        printf '%s\n' "$said" >&2
        cat >&2 <<TEXT
build: the crates of $name are not on this machine and could not be fetched from crates.io. With a proxy, set HTTPS_PROXY; without a
  network, call \`cargo fetch --locked --manifest-path $crate/Cargo.toml\` where there is one and copy ~/.cargo/registry.
TEXT
        exit 1
    fi
    offline=(--offline)
fi
quiet=()
[ "$name" = wasmtime ] || quiet=(--quiet)
# A path of the builder's in a message would be another exec, and another launch digest. These are no part of the stamp: what is there
# stays, and whoever wants a release's digest builds in a fresh folder (docs/measure.md).
export CARGO_ENCODED_RUSTFLAGS="$RUSTFLAGS"$'\x1f'"--remap-path-prefix=$target=/target" # a folder's name may have spaces
export CC_SHELL_ESCAPED_FLAGS=1
CFLAGS=$(printf -- '-ffile-prefix-map=%q=/cargo -ffile-prefix-map=%q=/target' "${CARGO_HOME:-$HOME/.cargo}" "$target")
export CFLAGS CXXFLAGS=$CFLAGS
cargo build --release --locked "${quiet[@]}" "${offline[@]}" --manifest-path "$crate/Cargo.toml" --target-dir "$target"

newest() { ls -td "$target"/release/build/$1 2>/dev/null | head -n 1; }
place() { # place SOURCE DESTINATION: replaces the destination folder in one step
    rm -rf "$2.new" && cp -rL "$1" "$2.new" && rm -rf "$2" && mv "$2.new" "$2"
}
registry_source() { # the unpacked source of a crate
    cargo metadata --format-version 1 --locked --offline --manifest-path "$crate/Cargo.toml" |
        python3 -c 'import json,os,sys
for p in json.load(sys.stdin)["packages"]:
    if p["name"] == sys.argv[1]: print(os.path.dirname(p["manifest_path"]))' "$1"
}

case $name in
wasmtime)
    place "$(registry_source wasmtime-c-api-impl)/include" "$deps/include/wasmtime-c-api"
    cp -r "$(newest 'wasmtime-c-api-impl-*/out')/include/." "$deps/include/wasmtime-c-api/"
    ;;
aws-lc)
    out=$(newest 'aws-lc-sys-*/out')
    find "$out" -name libcrypto.a -exec cp {} "$deps/lib/libcrypto.a" \;
    find "$out" -name libssl.a -exec cp {} "$deps/lib/libssl.a" \;
    place "$(registry_source aws-lc-sys)/aws-lc/include" "$deps/include/aws-lc"
    ;;
esac
echo "$CARGO_ENCODED_RUSTFLAGS $CFLAGS" > "$deps/$name.flags" # that no path of this machine is in them
echo "$stamp" > "$deps/$name.stamp"
