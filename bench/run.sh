#!/usr/bin/env bash
# All measurements of the table in README.md, one after the other, as Markdown on standard output.
#
#   bench/run.sh [startup|compute|files|memory|network|voting]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- startup memory compute files network voting
printf '%s, %s, %s cores, load %s\n' "$(date -u +%F)" "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)" \
    "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
"${ENARX_PROGRAM:-$here/../build/enarx}" --version
"${WASMTIME:-wasmtime}" --version
for name in "$@"; do python3 "$here/$name.py"; done
