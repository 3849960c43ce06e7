#!/usr/bin/env python3
"""vote_search.sh [--with TOOL] NAME|PID: looks for cast votes in the memory of a running election, from outside."""
import argparse
import json
import sys

from process import Impossible, Refused, process_of, votes_in
import read


def find(tool, pid):
    """The votes that a tool finds: {number: (choice, where, address)}; the last place where a number stands counts."""
    found = {}
    for where, base, data in read.WAYS[tool](pid, found):
        for address, number, choice in votes_in(data, base):
            found[number] = (choice, where, address)
    return found


def main():
    parser = argparse.ArgumentParser(prog="vote_search.sh", description=__doc__)
    parser.add_argument("--with", dest="tool", choices=sorted(read.WAYS), default="mem")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("process", metavar="NAME|PID")
    arguments = parser.parse_args()
    try:
        found = find(arguments.tool, process_of(arguments.process))
    except (Impossible, Refused, OSError) as reason:
        print(f"{arguments.tool}: {reason}", file=sys.stderr)
        sys.exit(3 if isinstance(reason, Impossible) else 1)
    if arguments.json:
        print(json.dumps({number: choice for number, (choice, _, _) in sorted(found.items())}))
    else:
        for number, (choice, where, address) in sorted(found.items()):
            print(f"Vote {number}={choice}   at {address:#x}, {where}")
        print(f"{len(found)} votes found with {arguments.tool}")
    sys.exit(0 if found else 1)


if __name__ == "__main__":
    main()
