#!/usr/bin/env bash
# The demonstration that ./run.sh shows without arguments.
set -euo pipefail
build=$(cd "$(dirname "$0")/../build" && pwd)
exec "$build/enarx" run "$build/demos/tour"
