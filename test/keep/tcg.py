#!/usr/bin/env python3
"""Applications in a Keep whose ring 0 is real: exec on the image that a bare-metal KVM host gets, on QEMU's TCG.

A bounded selection, as all of it is emulated: each start takes a second. ENARX_TEST_TCG=all runs the whole public suite
of WASI preview 1 as well (ENARX_WASI_TESTSUITE).
"""
import os
import shutil
import subprocess
import sys

os.environ["ENARX_TEST_BACKEND"] = "tcg"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
import harness  # noqa: E402
from harness import *  # noqa: E402,F403

harness.PROGRAM = str(BUILD / "parts/keep-tcg")
SUITE = os.environ.get("ENARX_WASI_TESTSUITE") or SOURCE.parent / "wasi-testsuite"
QEMU = shutil.which("qemu-system-x86_64")


def tell(name, *arguments, **how):
    if not QEMU:
        skip("qemu-system-x86_64 is not installed")
    return run(name, *arguments, timeout=100, **how)


@story("hello says hello", ours=True, seconds=120)
def hello():
    succeeded(tell("hello"), "Hello, world!\n")


@story("arguments, environment and standard input arrive", ours=True, seconds=240)
def given():
    equal(succeeded(tell("arguments", "one", "two words")).text.split("\n")[1:-1], ["arguments.wasm", "one", "two words"])
    contains(succeeded(tell("environment", options=["--env", "A=1"])).text, "A=1\n")
    data = os.urandom(300_000)
    true(succeeded(tell("copy", stdin=data)).out == data, "the copy differs")


@story("exit statuses are the application's own, and a trap is 134", ours=True, seconds=240)
def statuses():
    equal(tell("exit_status", 77, "exit").status, 77)
    equal(tell("trap", "unreachable").status, 134)


@story("files behave as POSIX has them in a directory of the host", ours=True, seconds=120)
def files():
    outcome = tell("files", "/data", options=["--dir", f"{folder('data')}::/data"])
    equal([line for line in outcome.text.splitlines() if line.startswith("FAILED")], [])
    true(outcome.text.count("ok ") > 45, outcome.text)


@story("vector instructions compute what scalar ones do", ours=True, seconds=120)
def computes():
    succeeded(tell("simd"), "dot 24570 24570\nsaturated 2040 2040\n")


def conformance(names=()):
    if not QEMU or not os.path.isdir(os.path.join(SUITE, "tests")):
        skip("the public suite or QEMU is not here (ENARX_WASI_TESTSUITE)")
    runner = [sys.executable, SOURCE / "test/conformance/wasi_runner.py", SUITE, "--program", harness.PROGRAM, "--backend", "tcg"]
    for name in names or [None]:
        outcome = execute([*runner, *(["--only", name] if name else [])], timeout=3000)
        true(outcome.status == 0 and ", 0 failed" in outcome.text, outcome.text[-800:])


@story("a selection of the public suite of WASI passes", ours=True, seconds=600)
def selection():
    conformance(["fdopendir", "big_random_buf"])


@story("the whole public suite of WASI passes", ours=True, seconds=3000)
def whole():
    if os.environ.get("ENARX_TEST_TCG") != "all":
        skip("it takes minutes: ENARX_TEST_TCG=all runs it")
    conformance()


main()
