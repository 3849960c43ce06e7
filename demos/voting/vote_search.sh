#!/usr/bin/env bash
# vote_search.sh [--with TOOL] NAME|PID: looks for cast votes in the memory of a running election, from outside.
exec python3 "$(dirname "$0")/attacks/search.py" "$@"
