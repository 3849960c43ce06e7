#!/usr/bin/env python3
"""Zig, from PyPI: a Zig program, and C programs built by its own compiler and C library."""
from toolchain import HERE, build, from_pypi, harness

VERSION = "0.14.1"
TARGET = "wasm32-wasi"


def zig():
    return from_pypi("ziglang", VERSION) / "ziglang" / "zig"


def cache():
    place = harness.GUESTS / "toolchains" / "zig-cache"
    return {"ZIG_GLOBAL_CACHE_DIR": str(place), "ZIG_LOCAL_CACHE_DIR": str(place)}


@harness.story("a Zig program reads, sorts, writes a file and ends with its own status", seconds=900)
def program():
    source = HERE / "zig/main.zig"
    module = harness.GUESTS / "zig/main.wasm"
    build("zig/main.wasm", [zig(), "build-exe", source, "-target", TARGET, "-O", "ReleaseSafe", f"-femit-bin={module}"],
          [source], cache())
    data = harness.folder("data")
    outcome = harness.run(module, "x", "last", options=["--env", "COLOUR=blue", "--dir", f"{harness.scratch()}::."],
                          stdin=b"30\n-7\n12\n")
    harness.equal(outcome.status, 23, f"exit status ({outcome.errors})")
    harness.equal(outcome.text.splitlines(), [
        "3 arguments, the last is last", "COLOUR is blue", "sorted { -7, 12, 30 }", "file: written by Zig", "1 entries",
        "sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "after 2020: true"])
    harness.equal((data / "zig.txt").read_text(), "written by Zig\n")


@harness.story("C programs built by Zig do what those built by clang do", seconds=900)
def c_programs():
    sources = harness.SOURCE / "test/wasm"
    for name in ("arguments", "files"):
        source = sources / f"c/{name}.c"
        module = harness.GUESTS / f"zig/{name}.wasm"
        build(f"zig/{name}.wasm", [zig(), "cc", "-target", TARGET, "-O2", source, "-o", module], [source], cache())
    outcome = harness.succeeded(harness.run(harness.GUESTS / "zig/arguments.wasm", "a", "b"))
    harness.equal(outcome.text, "3\narguments.wasm\na\nb\n")
    data = harness.folder("data")
    outcome = harness.run(harness.GUESTS / "zig/files.wasm", "/data", options=["--dir", f"{data}::/data"])
    failed = [line for line in outcome.text.splitlines() if line.startswith("FAILED")]
    if harness.REFERENCE:
        failed = [line for line in failed if "fallocate" not in line]
    harness.equal(failed, [])


harness.main()
