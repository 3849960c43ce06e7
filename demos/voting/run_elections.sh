#!/usr/bin/env bash
# run_elections.sh WAY: the voting machine on this terminal.
#
#   normal   a native program             kvm   a KVM Keep in plain memory      sev   an SEV-SNP Keep
#   nil      a Keep without isolation     sealed   a KVM Keep in sealed memory  sgx   an SGX Keep
#
# Where the host has no SEV, sev runs on tee-model if that is built (test/model): a model of the processor, which proves nothing
# about silicon. model is the KVM Keep on it, in plain memory: what the attackers' tools have to find votes in first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${ENARX_BUILD_DIR:-$here/../../build}" && pwd)
program=$build/demos/voting/voting-machine

model=$build/parts/tee-model

keep() { exec "$build/enarx" run "$@" "$program.wasm"; }
keep_on_model() { exec "$model" "$build/enarx" run "$@" "$program.wasm"; }

# A build without sealed memory has plain memory only, and does not know the option.
memory_can_be_chosen() { "$build/enarx" run --help | grep -q -e --memory; }

case ${1-} in
normal) exec "$program" ;;
nil) keep --backend=nil ;;
kvm)
    if memory_can_be_chosen; then keep --backend=kvm --memory=plain; else keep --backend=kvm; fi
    ;;
sealed)
    if memory_can_be_chosen; then keep --backend=kvm --memory=sealed; fi
    echo "error: this build has no sealed memory" >&2
    exit 1
    ;;
sev)
    if [ ! -e /dev/sev ] && [ -x "$model" ]; then
        echo "note: on tee-model, a model of the processor; not on silicon" >&2
        keep_on_model --backend=snp
    fi
    keep --backend=snp
    ;;
model)
    if [ -x "$model" ]; then keep_on_model --backend=kvm --shim=kvm; fi
    echo "error: tee-model is not built: cmake --build $build --target model" >&2
    exit 1
    ;;
sgx) keep --backend=sgx ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
