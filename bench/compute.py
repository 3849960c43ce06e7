#!/usr/bin/env python3
"""Compute: each kernel's own time inside the guest, beside Wasmtime's, in turn."""
import re

from measure import GUESTS, enarx, in_turn, output, table, verdict, wasmtime

ROUNDS = 9


def kernel_time(line):
    return float(re.search(r"([\d.]+) ms", output(line)).group(1))


def main():
    rows = []
    for program in ("kernels", "kernels_simd"):
        module = GUESTS / f"{program}.wasm"
        for kernel in output(enarx(module)).split():
            lines = {"enarx": enarx(module, kernel), "wasmtime": wasmtime(module, kernel)}
            found = in_turn(lines, ROUNDS, kernel_time)
            ratio = found["enarx"] / found["wasmtime"]
            name = kernel + (", vectorised" if program == "kernels_simd" else "")
            rows.append([name, found["enarx"], found["wasmtime"], f"{ratio:.3f}", verdict(ratio <= 1.02)])
    table("Compute, median of the kernel's own time; 0.98-1.02 wanted",
          ["kernel", "enarx, ms", "wasmtime, ms", "ratio", "reached"], rows)


if __name__ == "__main__":
    main()
