#!/usr/bin/env bash
# aws_lc_for_wasm.sh LIBRARY: SHA-2 and Ed25519 of AWS-LC for WebAssembly, from the crate that the whole project is built
# with (cmake/crates/aws-lc); its portable C, without assembly.
set -euo pipefail
library=$1
here=$(cd "$(dirname "$0")" && pwd)
manifest=$here/../../../cmake/crates/aws-lc/Cargo.toml
cargo fetch --quiet --locked --manifest-path "$manifest" 2>/dev/null || true # without a network it is there already
source=$(cargo metadata --format-version 1 --locked --offline --manifest-path "$manifest" | python3 -c '
import json, os, sys
print(next(os.path.dirname(p["manifest_path"]) for p in json.load(sys.stdin)["packages"] if p["name"] == "aws-lc-sys"))')/aws-lc
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags=(--target=wasm32-wasi -Wno-deprecated -O2 -DOPENSSL_NO_ASM -I "$source/include" "-ffile-prefix-map=$source=aws-lc")
# This header says that there is no FIPS indicator; two of the files count on others to include it.
flags+=(-include "$source/crypto/fipsmodule/service_indicator/internal.h")
for file in fipsmodule/curve25519/curve25519 fipsmodule/curve25519/curve25519_nohw fipsmodule/sha/sha256 fipsmodule/sha/sha512 mem; do
    clang-22 "${flags[@]}" -c "$source/crypto/$file.c" -o "$objects/$(basename $file).o"
done
clang-22 --target=wasm32-wasi -Wno-deprecated -O2 -Wall -Wextra -c "$here/aws_lc_port.c" -o "$objects/aws_lc_port.o"
rm -f "$library"
llvm-ar-22 rcD "$library" "$objects"/*.o
