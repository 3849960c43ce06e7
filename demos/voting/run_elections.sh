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

case ${1-} in
normal) exec "$program" ;;
nil) keep --backend=nil ;;
kvm) keep --backend=kvm --memory=plain ;;
sealed) keep --backend=kvm --memory=sealed ;;
sev | sgx) keep "--backend=$1" ;;
*)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
