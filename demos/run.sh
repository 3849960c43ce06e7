#!/usr/bin/env bash
# The demonstration that ./run.sh shows without arguments: a short tour of a Keep, an application handed to one on a host that records and
# tampers, then an election under attack.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${ENARX_BUILD_DIR:-$here/../build}" && pwd)

echo "== A Keep from the inside =="
"$build/enarx" run "$build/demos/tour"
echo
python3 "$here/deploy/show.py"
echo
exec "$here/voting/story.sh"
