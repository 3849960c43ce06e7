#!/usr/bin/env bash
# ./run.sh [enarx run arguments]: installs what is missing, builds Enarx and the demonstration, and runs the given application or that.
# Tests are built by ./test.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools/setup.sh"
"$here/tools/build.sh" release demonstration
if [ $# -gt 0 ]; then
    exec "$here/build/enarx" run "$@"
fi
exec "$here/demos/run.sh"
