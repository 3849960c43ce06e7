#!/usr/bin/env bash
# deploy.sh [--check] [--backend nil|kvm|snp]: an election whose officials hand it to a Keep on a host that nobody trusts, and what
# that host tries. --check says only what is not as it has to be. snp: on tee-model, a model of the processor (test/model).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${ENARX_BUILD_DIR:-$here/../../build}" && pwd)
if [ ! -x "$build/enarx-steward" ]; then
    echo "building the attestation service (enarx-steward) ..." >&2
    cmake --build "$build" --target enarx-steward >/dev/null
fi
exec python3 "$here/deploy/show.py" "$@"
