#!/usr/bin/env python3
"""Rust, by Debian 12's own compiler and standard library for wasm32-wasi, unpacked beside the system."""
from toolchain import HERE, build, from_debian, harness

PACKAGES = ("rustc", "libstd-rust-1.63", "libstd-rust-dev-wasm32", "libllvm14", "lld-14")


def program():
    root = from_debian("rust", *PACKAGES) / "usr"
    source = HERE / "rust/main.rs"
    module = harness.GUESTS / "rust/main.wasm"
    line = [root / "bin/rustc", "--sysroot", root, "--target", "wasm32-wasi", "-O", "-C",
            f"linker={root}/lib/llvm-14/bin/wasm-ld", source, "-o", module]
    return build("rust/main.wasm", line, [source], {"LD_LIBRARY_PATH": str(root / "lib/x86_64-linux-gnu")})


@harness.story("a Rust program counts words, moves files and ends with its own status", seconds=600)
def main_program():
    options = ["--env", "COLOUR=teal", "--dir", f"{harness.folder('data')}::/data"]
    outcome = harness.run(program(), "x", options=options, stdin=b"a b a\nc a\n")
    harness.equal(outcome.status, 42, f"exit status ({outcome.errors})")
    harness.equal(outcome.text.splitlines(), [
        '["main.wasm", "x"]', 'COLOUR is Ok("teal")', '{"a": 3, "b": 1, "c": 1}', '456789 10 ["a", "moved.txt"]',
        "missing: NotFound", "slept: true", "after 2020: true"])


@harness.story("a panic of Rust is its message and a trap", seconds=600)
def panic():
    outcome = harness.run(program(), "panic")
    harness.equal(outcome.status, 134)
    harness.contains(outcome.errors, "panicked at 'as asked'", "main.rs:")


harness.main()
