#!/usr/bin/env python3
"""Start-up: hello as a whole process, with its artefact cached and with nothing cached, beside `wasmtime run`."""
from measure import BUILD, GUESTS, enarx, hyperfine, output, table, verdict, wasmtime, workspace

HELLO = GUESTS / "hello.wasm"
CONTAINERS = GUESTS / "containers.wasm"


def rows_of(program, place):
    cache = f"{place}/cache"
    env = {"XDG_CACHE_HOME": cache}
    warm = {"enarx": enarx(program), "wasmtime": wasmtime("-C", "cache=y", program)}
    for line in warm.values():
        output(line, env={**__import__("os").environ, **env})
    cached = hyperfine(warm, 100, env=env)
    cold = hyperfine({"enarx": enarx(program), "wasmtime": wasmtime("-C", "cache=n", program)}, 50,
                     prepare={"enarx": f"rm -rf {cache}/enarx"}, env=env)
    name = program.stem
    return [[f"{name}, cached", cached["enarx"], cached["wasmtime"], cached["enarx"] / cached["wasmtime"], "0.45"],
            [f"{name}, nothing cached", cold["enarx"], cold["wasmtime"], cold["enarx"] / cold["wasmtime"], "0.80"]]


def main():
    with workspace() as place:
        rows = [row for program in (HELLO, CONTAINERS) for row in rows_of(program, place)]
    rows = [[*row, verdict(row[3] <= float(row[4]))] for row in rows]
    table(f"Start-up, whole process, median (build: {BUILD.name})",
          ["program", "enarx, ms", "wasmtime, ms", "ratio", "at most", "reached"], rows)


if __name__ == "__main__":
    main()
