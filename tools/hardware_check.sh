#!/usr/bin/env bash
# Tries on a real host what was only ever tried on a model of it (docs/hardware.md), and writes one text file to send back:
# `hardware_check.sh snp`, `hardware_check.sh --help`. The checks are in tools/hardware, of Python's standard library alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null || { echo "FAILED host.python3: there is no python3" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
exec python3 -B "$here/hardware/check.py" "$@"
