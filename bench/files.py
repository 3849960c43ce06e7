#!/usr/bin/env python3
"""Files: 10 000 small ones, and 1 GiB streamed, in memory and on the host, beside Wasmtime on the same host folder."""
import os
import pathlib
import re
import shutil
import sys

from measure import GUESTS, enarx, in_turn, output, table, verdict, wasmtime, workspace

ROUNDS = 5
SMALL, STREAM = GUESTS / "many_files.wasm", GUESTS / "stream.wasm"
# What the machine itself asks for 1 GiB of fresh memory: first touches, and nothing else.
FRESH = """
import ctypes, mmap, time
memory = mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_HUGEPAGE)
start = time.monotonic()
ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(memory)), 1, 1 << 30)
print(f"write {(time.monotonic() - start) * 1e3:.1f} ms")
"""
MEMORY = '[[files]]\nkind = "dir"\npath = "/data"\nsource = "memory"\n'


def guest_time(line):
    return float(re.search(r"(?:total|write|read) ([\d.]+) ms", output(line)).group(1))


def compare(what, lines, rows, bounds):
    for line in lines.values():
        guest_time(line)  # memory that the machine has not given for a while costs it more
    found = in_turn(lines, ROUNDS, guest_time)
    for name, bound in bounds.items():
        speed = found["wasmtime"] / found[name]
        rows.append([f"{what}, {name}", found[name], found["wasmtime"], f"{speed:.2f} x", f"{bound} x", verdict(speed >= bound)])
    return found


def main():
    rows = []
    with workspace() as place:
        data = pathlib.Path(place) / "data"
        data.mkdir()
        config = pathlib.Path(place) / "Enarx.toml"
        config.write_text(MEMORY)
        host = ["--dir", f"{data}::/data"]

        def ways(module, *arguments):
            return {"memory": enarx("--config", config, module, *arguments), "host": enarx(*host, module, *arguments),
                    "wasmtime": wasmtime(*host, module, *arguments)}

        compare("10 000 small files", ways(SMALL, "/data", 10000), rows, {"memory": 3, "host": 1.5})
        writing = ways(STREAM, "write", "/data/big", 1024)
        writing["fresh"] = [sys.executable, "-c", FRESH]
        found = compare("1 GiB written", writing, rows, {"memory": 3, "host": 1.5})
        rows.append(["1 GiB of fresh memory, touched natively", found["fresh"], "", "", "", ""])
        reading = ways(STREAM, "read", "/data/big")
        del reading["memory"]  # a new Keep's memory holds no file to read
        compare("1 GiB read", reading, rows, {"host": 1.5})
        where = os.statvfs(data)
        shutil.rmtree(data)
    table(f"Files, median of the guest's own time (host folder with blocks of {where.f_bsize} bytes)",
          ["what", "enarx, ms", "wasmtime, ms", "speed", "at least", "reached"], rows)


if __name__ == "__main__":
    main()
