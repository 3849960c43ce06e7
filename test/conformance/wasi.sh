#!/usr/bin/env bash
# The public suite of WASI preview 1 against this build.
#
#   test/conformance/wasi.sh [DIR [BACKEND]] [--memory] [--only NAME] [--part K/N] [--verbose]
#
# DIR is a checkout of WebAssembly/wasi-testsuite, branch prod/testsuite-base: else ENARX_WASI_TESTSUITE, else
# wasi-testsuite beside this repository. ENARX_TEST_PROGRAM names another program than build/enarx; with
# test/model/enarx.sh and the backend snp it is an eighth of the suite, another with each commit, and all with ENARX_TEST_MODEL=all.
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
if [[ $program == */test/model/enarx.sh ]]; then
    # Built by the first test that asks; 77: it cannot be here.
    why=$(cd "$source/test/model/strangers" && python3 -c '
import model, sys
try: model.model()
except model.Skipped as reason: print(reason); sys.exit(77)') || status=$?
    if [ "${status:-0}" = 77 ]; then
        echo "SKIP conformance with $backend on the model: $why"
        echo "0 passed, 0 failed, 1 skipped"
        exit 0
    fi
    [ "${status:-0}" = 0 ] || exit 1
    how+=(--seconds 600)
    if [ "${ENARX_TEST_MODEL:-}" != all ]; then
        commit=$(git -C "$source" rev-parse --short=7 HEAD 2>/dev/null || echo 0)
        how+=(--part $((16#$commit % 8))/8)
        echo "SKIP conformance on the model: seven modules of eight, others with each commit; ENARX_TEST_MODEL=all runs them all"
    fi
fi
[[ $(basename "$program") == wasmtime ]] || how+=(--backend "$backend")
exec python3 "$source/test/conformance/wasi_runner.py" "$suite" "${how[@]}" "$@"
