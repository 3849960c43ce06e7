#!/usr/bin/env bash
# run_elections.sh WAY: the voting machine on this terminal.
#
#   normal   a native program             kvm   a KVM Keep in plain memory      sev   an SEV-SNP Keep
#   nil      a Keep without isolation     sealed   a KVM Keep in sealed memory  sgx   an SGX Keep
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${ENARX_BUILD_DIR:-$here/../../build}" && pwd)
program=$build/demos/voting/voting-machine

keep() { exec "$build/enarx" run "$@" "$program.wasm"; }

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
sev | sgx) keep "--backend=$1" ;;
*)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
