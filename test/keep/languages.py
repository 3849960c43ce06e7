#!/usr/bin/env python3
"""Static-pie programs of other languages in a KVM Keep: Go, Rust, and CPython with a part of its library."""
import glob
import json
import os
import pathlib
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
from harness import *  # noqa: E402,F403

SOURCES = pathlib.Path(__file__).resolve().parent / "languages"
BUILD_S = 540


def need(command, package):
    found = shutil.which(command)
    return found or skip(f"{command} is not installed (Debian: {package})")


def compiled(line, env=None):
    outcome = execute(line, timeout=BUILD_S, env=env)
    if outcome.status != 0:
        raise Failed(f"{line[0]} fails: {outcome.errors[-800:]}")


def in_a_keep(program, *arguments, options=()):
    return execute([PROGRAM, "exec", "--env", "NAME=value", *options, program, *arguments], timeout=60)


def rust_program(name):
    compiled([need("rustc", "rustc"), "-O", "-C", "target-feature=+crt-static", "-C", "relocation-model=pic", "-o", scratch(name),
              SOURCES / f"{name}.rs"], env={"HOME": os.environ.get("HOME", "/")})
    return scratch(name)


def go_program(name):
    need("gcc", "gcc")
    compiled([need("go", "golang-go"), "build", "-buildmode=pie", "-ldflags", '-linkmode external -extldflags "-static-pie"',
              "-o", scratch(name), SOURCES / f"{name}.go"],
             env={"CGO_ENABLED": "1", "GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOCACHE": str(BUILD / "test-cache/go"), "HOME": str(scratch())})
    return scratch(name)


@story("a static Go program runs: goroutines, panics, faults", ours=True, seconds=600)
def go():
    outcome = in_a_keep(go_program("program"), "a", "b")
    equal(outcome.text, "sum 499500\npanic assignment to entry in nil map\n"
                        "fault runtime error: invalid memory address or nil pointer dereference\n"
                        "[brown fox quick the]\narguments [a b] value\n", outcome.errors)
    equal(outcome.status, 7)


@story("a static Go server runs: listener and clients, deadlines, timers, pipes, the collector of garbage", ours=True, seconds=600)
def go_server():
    program = go_program("server")
    apart = "timer true true\nthrough a pipe\ncollected true 20 true\n"
    outcome = in_a_keep(program, options=["--sockets"])
    equal(outcome.text, apart + "echoed 1000\ndeadline true\n", outcome.errors)
    equal(outcome.status, 0)
    outcome = in_a_keep(program)
    equal(outcome.text, apart + "failed: listen tcp 127.0.0.1:0: socket: permission denied\n", outcome.errors)
    equal(outcome.status, 1)


@story("a static Rust program runs: threads, channels, timers, panics", ours=True, seconds=300)
def rust():
    outcome = in_a_keep(rust_program("program"), "a", "b")
    equal(outcome.text, 'threads 8 39999600000\ntimer true\npanic true\n["a", "b"] Ok("value")\n', outcome.errors)
    contains(outcome.errors, "index out of bounds: the len is 0 but the index is 3")
    equal(outcome.status, 7)


@story("programs of Go and Rust wait by select, timerfd and signalfd as on this host", ours=True, seconds=900)
def waiting():
    for program in (go_program("waiting"), rust_program("waiting")):
        native = execute([program], timeout=60)
        outcome = in_a_keep(program)
        equal(outcome.text, native.text, outcome.errors)
        equal(native.text, "timer 1\nepoll 77\nselect 1 true\nsignal 10\nnothing left\n", native.errors)
        equal((native.status, outcome.status), (0, 0), outcome.errors)


@story("CPython runs in a Keep, with threads, time, regular expressions, JSON, select and signals", ours=True, seconds=300)
def python():
    libraries = glob.glob("/usr/lib/python3*/config-*/libpython3*-pic.a")
    if not libraries or not all(glob.glob(f"/usr/lib/*/lib{name}.a") for name in ("expat", "z")):
        skip("no CPython that can be linked as a static-pie (Debian: libpython3.11-dev libexpat1-dev zlib1g-dev)")
    version = pathlib.Path(libraries[0]).parts[3]
    compiler = [need("gcc", "gcc"), "-O0", "-fPIE", "-static-pie", f"-I/usr/include/{version}"]
    behind = [libraries[0], "-lexpat", "-lz", "-lm"]
    plain = write("plain.c", "#include <Python.h>\nint main(int argc, char** argv) { return Py_BytesMain(argc, argv); }\n")
    compiled([*compiler, plain, "-o", scratch("python"), *behind])
    compiled([scratch("python"), "-S", "-I", SOURCES / "freeze.py", scratch("frozen.c")])
    compiled([*compiler, scratch("frozen.c"), "-o", scratch("frozen"), *behind])
    outcome = in_a_keep(scratch("frozen"), "-S", "-I", "-c", (SOURCES / "program.py").read_text(), "a")
    equal(outcome.status, 7, outcome.errors)
    first, second, third = outcome.text.splitlines()
    equal(json.loads(first), {"sum": 4 * sum(i * i for i in range(20000)), "slept": True, "found": ["1", "22"], "arguments": ["a"],
                              "digest": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"})
    equal(json.loads(second), {"early": [], "late": ["pipe"], "sets": [1, 0, 0], "woken": [10], "handled": [10]})
    equal(third, "caught division by zero")


main()
