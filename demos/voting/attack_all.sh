#!/usr/bin/env bash
# attack_all.sh [--ways normal,kvm,...] [--json FILE] [--html FILE]: every attack on every way to run the election.
exec python3 "$(dirname "$0")/attacks/matrix.py" "$@"
