#!/usr/bin/env python3
"""The two scenes that the table sums up, told slowly: votes stolen from a native program, votes found in a plain Keep."""
import os
import subprocess

from election import Election, NotHere

HERE = os.path.dirname(os.path.abspath(__file__))
EARLY = (2, 1, 2, 1, 2)


def listed(election):
    return "  ".join(f"Vote {number}={choice}" for number, choice in election.listed().items())


def attack(script, pid):
    print(f"root$ {script} {pid}", flush=True)
    done = subprocess.run([os.path.join(HERE, "..", script), str(pid)], capture_output=True, text=True)
    print("".join(f"      {line}\n" for line in (done.stdout + done.stderr).splitlines()), end="", flush=True)


def begin(way, title):
    print(f"-- {title} --", flush=True)
    return Election(way)


def cast(election, choices):
    for choice in choices:
        election.vote(choice)
    print(f"The machine: {listed(election)}", flush=True)


def main():
    with begin("normal", "A native program") as election:
        cast(election, EARLY)
        attack("stealvotes.sh", election.pid)
        cast(election, (2, 2, 2, 2))
        bob = sum(choice == 2 for choice in election.cast.values())
        print(f"The machine: {election.shown.decode().splitlines()[-1]}  ({bob} of {len(election.cast)} voted for Bob.)\n")
    try:
        with begin("kvm", "The same program in a KVM Keep, plain memory") as election:
            cast(election, EARLY)
            attack("vote_search.sh", election.pid)
    except NotHere as reason:
        print(f"Not on this host: {reason}")
    print()


if __name__ == "__main__":
    main()
