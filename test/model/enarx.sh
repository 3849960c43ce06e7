#!/bin/sh
# enarx on tee-model, for stories that name the program under test: ENARX_TEST_PROGRAM=test/model/enarx.sh ENARX_TEST_BACKEND=snp.
build=${ENARX_BUILD_DIR:-$(dirname "$0")/../../build}
exec "$build/parts/tee-model" "$build/enarx" "$@"
