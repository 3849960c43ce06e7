#!/usr/bin/env python3
"""Peak memory of hello: the largest resident set of the process (and of those below it), beside Wasmtime's."""
import os
import subprocess

from measure import GUESTS, enarx, in_turn, table, verdict, wasmtime, workspace

ROUNDS = 11


def peak_kib(line):
    child = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return usage.ru_maxrss


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
