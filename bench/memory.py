#!/usr/bin/env python3
"""Peak memory of hello: the largest resident set of the process (and of those below it), beside Wasmtime's.

Asked of time(1): a process counts what its parent had when it was forked, and time is small, Python is not.
"""
import os
import subprocess

from measure import GUESTS, enarx, in_turn, need, table, verdict, wasmtime, workspace

ROUNDS = 11


def peak_kib(line):
    asked = subprocess.run([need("time", "apt-get install time"), "-f", "%M", *map(str, line)],
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(asked.stderr.split()[-1])


def main():
    with workspace() as place:
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        hello = GUESTS / "hello.wasm"
        found = in_turn({"enarx": enarx(hello), "wasmtime": wasmtime("-C", "cache=y", hello)}, ROUNDS, peak_kib)
    ratio = found["enarx"] / found["wasmtime"]
    table("Peak memory of hello, artefact cached, median",
          ["", "enarx, KiB", "wasmtime, KiB", "ratio", "at most", "reached"],
          [["hello", int(found["enarx"]), int(found["wasmtime"]), ratio, "0.80", verdict(ratio <= 0.8)]])


if __name__ == "__main__":
    main()
