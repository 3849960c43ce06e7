#!/usr/bin/env python3
"""The guest programs in C and C++: each does what it would do natively."""
import hashlib
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
from harness import *  # noqa: E402,F403


@story("hello says hello, and nothing on standard error")
def hello():
    outcome = succeeded(run("hello"), "Hello, world!\n")
    equal(outcome.errors, "", "standard error")


@story("arguments arrive as they were given, empty and strange ones too")
def arguments():
    given = ["one", "", "two words", "--option=x", "-v", "ünïcödé", "a\tb", "'\"$HOME\\"]
    outcome = succeeded(run("arguments", *given))
    equal(outcome.text.split("\n")[1:-1], ["arguments.wasm", *given])


@story("the environment holds what --env gives")
def environment_given():
    outcome = succeeded(run("environment", options=["--env", "A=1", "--env", "EMPTY=", "--env", "EQUALS=a=b"]))
    equal(sorted(line for line in outcome.text.splitlines() if not line.startswith("FD_")),
          ["A=1", "EMPTY=", "EQUALS=a=b"])


@story("--env with a name alone takes the value of the host")
def environment_taken():
    outcome = succeeded(run("environment", options=["--env", "TAKEN"], env={"TAKEN": "from the host"}))
    contains(outcome.text, "TAKEN=from the host\n")


@story("standard input is copied to standard output byte by byte")
def copy():
    data = os.urandom(3_000_000)
    outcome = succeeded(run("copy", stdin=data))
    true(outcome.out == data, "the copy differs")
    equal(outcome.errors, "3000000 bytes\n")


@story("exit statuses from 0 to 255 are the application's own", seconds=120)
def exit_statuses():
    for status in some(list(range(0, 256)), 4) if not REFERENCE else [0, 1, 2, 77, 125]:
        outcome = run("exit_status", status, ("return", "exit", "_Exit")[status % 3])
        equal(outcome.status, status, f"exit status of {status}")


@story("the clocks tell the time, sleep for as long as asked, and do not run backwards")
def clocks():
    before = int(time.time())
    lines = dict(line.split(" ", 1) for line in succeeded(run("clocks")).text.splitlines())
    true(before <= int(lines["realtime"]) <= time.time() + 1, f"realtime is {lines['realtime']}")
    slept, length = map(int, lines["slept"].split())
    true(slept == 0 and 50 <= length < 500, f"slept for {length} ms")
    true(all(0 < int(step) <= 10_000_000 for step in lines["resolution"].split()), lines["resolution"])
    equal(lines["backwards"], "0")


@story("random bytes are not the same twice, and all bytes occur")
def random():
    first, second = (bytes.fromhex(succeeded(run("random", 100000)).text) for _ in range(2))
    equal(len(first), 100000)
    true(first != second, "the same bytes twice")
    equal(len(set(first)), 256, "different bytes among 100 000")


@story("poll sees data, a time limit and the end of standard input")
def poll():
    process = start_run("poll", 100)
    wait_for_line(process, "timeout")
    process.stdin.write(b"hello")
    process.stdin.flush()
    wait_for_line(process, "data 5")
    wait_for_line(process, "timeout")
    process.stdin.close()
    process.stdin = None
    outcome = finish(process)
    true(outcome.text.endswith("end\n"), outcome.text)


@story("files behave as POSIX has them in a directory of the host")
def files():
    outcome = run("files", "/data", options=["--dir", f"{folder('data')}::/data"])
    failed = [line for line in outcome.text.splitlines() if line.startswith("FAILED")]
    if REFERENCE:
        failed = [line for line in failed if "fallocate" not in line]  # Wasmtime has given fd_allocate up
    equal(failed, [])
    true(outcome.text.count("ok ") > 45, outcome.text)
    equal(os.listdir(scratch("data")), [], "what is left in the directory")


@story("ten thousand small files are created, read, listed and removed", seconds=120)
def many_files():
    outcome = succeeded(run("many_files", "/data", 10000, options=["--dir", f"{folder('data')}::/data"], timeout=100))
    contains(outcome.text, "files 10000 listed 10000 left 0\n")


@story("a file written by the guest is read by the host, and the other way round")
def stream():
    options = ["--dir", f"{folder('data')}::/data"]
    written = succeeded(run("stream", "write", "/data/big", 64, options=options)).text.splitlines()[0]
    equal(scratch("data/big").stat().st_size, 64 << 20)
    equal(succeeded(run("stream", "read", "/data/big", options=options)).text.splitlines()[0], written)


@story("a large memory is the application's")
def memory():
    succeeded(run("memory", 600), "600 MiB\n")


@story("vector instructions compute what scalar ones do")
def simd():
    succeeded(run("simd"), "dot 24570 24570\nsaturated 2040 2040\n")


@story("a reactor is initialised, and its functions are called by name")
def reactor():
    equal(succeeded(run("reactor", options=["--invoke", "answer"])).text.strip(), "42")
    equal(succeeded(run("reactor", 40, 2, options=["--invoke", "add"])).text.strip(), "42")
    equal(succeeded(run("reactor", 5, options=["--invoke", "half"])).text.strip(), "2.5")
    equal(run("reactor", options=["--invoke", "fail"]).status, 134)


@story("C++: words are counted with streams and maps", costly=True)
def words():
    outcome = succeeded(run("words", stdin=b"The cat, the dog; and the Bird\n"))
    equal(outcome.text.splitlines(), ["    3 the", "    1 and", "    1 bird", "    1 cat", "    1 dog"])


@story("C++: containers, algorithms and global destructors")
def containers():
    outcome = succeeded(run("containers"))
    true("FAILED" not in outcome.text, outcome.text)
    true(outcome.text.endswith("destroyed at the end\n"), outcome.text)


@story("SHA-256 of the guest is SHA-256 of Python")
def digest():
    for data in (b"", b"abc", b"a" * 55, b"a" * 56, b"a" * 64, os.urandom(100_001)):
        equal(succeeded(run("digest", stdin=data)).text.strip(), hashlib.sha256(data).hexdigest())


@story("kernels compute what they compute natively")
def kernels():
    rounds = "0.002" if MODEL else "0.1"
    native = subprocess.run([BUILD / "parts/native_kernels", "all", rounds], capture_output=True, check=True, text=True)
    expected = [line.rsplit(" ", 2)[0] for line in native.stdout.splitlines()]
    equal(len(expected), 10, "kernels")
    for program in some(("kernels", "kernels_simd"), 1):
        outcome = succeeded(run(program, "all", rounds))
        equal([line.rsplit(" ", 2)[0] for line in outcome.text.splitlines()], expected, program)


main()
