#!/usr/bin/env bash
# Runs one test program of Go: `go test -exec` calls it with the module and its arguments, in the package's folder.
# ENARX_GO_RUN is the command that runs a module, up to its options.
set -euo pipefail
read -ra run <<<"$ENARX_GO_RUN"
exec "${run[@]}" --dir /::/ --env PWD="$PWD" --env PATH="$PATH" --env TMPDIR="${TMPDIR:-/tmp}" "$@"
