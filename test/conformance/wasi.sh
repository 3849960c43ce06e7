#!/usr/bin/env bash
# The public suite of WASI preview 1 against this build.
#
#   test/conformance/wasi.sh [DIR [BACKEND]] [--memory] [--only NAME] [--verbose]
#
# DIR is a checkout of WebAssembly/wasi-testsuite, branch prod/testsuite-base: else ENARX_WASI_TESTSUITE, else
# wasi-testsuite beside this repository. ENARX_TEST_PROGRAM names another program than build/enarx.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
suite=${ENARX_WASI_TESTSUITE:-$source/../wasi-testsuite}
backend=${ENARX_TEST_BACKEND:-nil}
program=${ENARX_TEST_PROGRAM:-${ENARX_BUILD_DIR:-$source/build}/enarx}
if [ $# -gt 0 ] && [[ $1 != --* ]]; then suite=$1; shift; fi
if [ $# -gt 0 ] && [[ $1 != --* ]]; then backend=$1; shift; fi

if [ ! -d "$suite/tests" ]; then
    echo "SKIP conformance: no checkout of WebAssembly/wasi-testsuite (branch prod/testsuite-base): ENARX_WASI_TESTSUITE names none and $(basename "$suite") is not beside this repository"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
if [ "$backend" = kvm ] && [ ! -w /dev/kvm ]; then
    echo "SKIP conformance with kvm: /dev/kvm is not there, or this user may not open it"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
how=(--program "$program")
[[ $(basename "$program") == wasmtime ]] || how+=(--backend "$backend")
exec python3 "$source/test/conformance/wasi_runner.py" "$suite" "${how[@]}" "$@"
