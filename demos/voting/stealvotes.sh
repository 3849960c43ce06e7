#!/usr/bin/env bash
# stealvotes.sh [--with TOOL] NAME|PID: turns every vote for 2 in a running election into one for 1, from outside.
exec python3 "$(dirname "$0")/attacks/steal.py" "$@"
